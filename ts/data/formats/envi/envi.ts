import { basename } from 'node:path';
import { RandomAccessFile } from '../../../io/file.js';
import { enviBytes, enviInfo, enviLayout } from './envi-facts.js';
import { enviHeaderBeside, findEnviFiles } from './envi-files.js';
import { isEnviHeader } from './envi-header.js';
import { createEnvi } from './envi-writer.js';
import { type CubeFormat, type CubeReader, type ReadCubeOptions, settleWindow } from '../format.js';
import { checkRawLayout } from '../raw-layout.js';
import { storedWidth } from '../stored-types.js';
import { readStrided } from '../strided.js';

async function open(path: string, options: ReadCubeOptions): Promise<CubeReader> {
  const { header, data, fields } = await findEnviFiles(path, enviBytes);
  const layout = enviLayout(header, fields);
  const file = await RandomAccessFile.open(data, 'DATA');
  try {
    checkRawLayout(header, { ...layout, bytesPerValue: storedWidth(layout.stored) }, file);
    const info = enviInfo(data, fields, layout, options);
    return {
      info,
      lines: 'rows',
      read: async (window) => readStrided(file, layout, settleWindow(info, window), info.dtype),
      close: () => file.close(),
    };
  } catch (cause) {
    await file.close();
    throw cause;
  }
}

/** ENVI: a text header (`.hdr`) and a file of bare values beside it, by band, row or pixel (bsq, bil, bip), in either byte
 * order, of every real type. Either file may be named. Values are as stored: `reflectance scale factor` becomes the full
 * scale, `data gain values` and `data offset values` are told in the notes and not applied. */
export const envi: CubeFormat = {
  id: 'envi',
  word: 'envi',
  title: 'ENVI',
  extensions: ['.hdr'],
  alsoWritten: ['.img', '.dat', '.raw', '.bsq', '.bil', '.bip'],
  sniff: (path, firstBytes, names) =>
    firstBytes !== null &&
    (isEnviHeader(firstBytes) || enviHeaderBeside(basename(path), names) !== undefined),
  open,
  create: createEnvi,
};
