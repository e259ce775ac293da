import { basename } from 'node:path';
import { RandomAccessFile } from '../../../io/file.js';
import type { CubeFormat, CubeReader, ReadCubeOptions } from '../format.js';
import { npyCube } from './npy-cube.js';
import { createNpy } from './npy-writer.js';
import { isNpy, readNpyHeader } from './npy-header.js';

async function open(path: string, options: ReadCubeOptions): Promise<CubeReader> {
  const file = await RandomAccessFile.open(path, 'DATA');
  try {
    const header = await readNpyHeader(file);
    const array = { header, size: file.size, source: async () => file, file: path, name: basename(path) };
    return npyCube(array, options, { format: 'npy', wavelengths: null }, () => file.close());
  } catch (cause) {
    await file.close();
    throw cause;
  }
}

/** NumPy's `.npy`, versions 1 to 3, both orders of axes and of bytes, every type of real numbers. It has no place for
 * wavelengths: they are given by option. Written as
 * `[H, W, B]` in C order. */
export const npy: CubeFormat = {
  id: 'npy',
  word: 'npy',
  title: 'NumPy array (.npy)',
  extensions: ['.npy'],
  loses: ['wavelengths', 'badBands', 'ignoreValue', 'georeference'],
  sniff: (_path, firstBytes) => firstBytes !== null && isNpy(firstBytes),
  open,
  create: createNpy,
};
