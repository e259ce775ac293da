import { DataError } from '../../../errors.js';
import { RandomAccessFile } from '../../../io/file.js';
import { asWavelengths, chooseCube, wavelengthCandidates } from '../cube-choice.js';
import type { CubeFormat, CubeReader, ReadCubeOptions } from '../format.js';
import { npyCube, type SizedSource } from './npy-cube.js';
import { createNpz } from './npz-writer.js';
import { listNpz, type NpzArray, openNpzEntry, readNpzNumbers } from './npz-arrays.js';

/** The first candidate that has the length of an axis of the cube, and whose values can be wavelengths. */
async function findWavelengths(
  file: RandomAccessFile,
  arrays: readonly NpzArray[],
  shape: readonly number[],
): Promise<number[] | null> {
  for (const candidate of wavelengthCandidates(arrays)) {
    const count = candidate.shape.reduce((product, size) => product * size, 1);
    if (!shape.includes(count)) continue;
    const values = await readNpzNumbers(file, candidate);
    const found = values === null ? null : asWavelengths(values);
    if (found !== null) return found;
  }
  return null;
}

async function describe(file: RandomAccessFile, options: ReadCubeOptions): Promise<CubeReader> {
  const arrays = await listNpz(file);
  const { kind, array } = chooseCube(file.path, arrays, options);
  if (kind === 'flat') {
    // MATLAB folds pixels by columns, NumPy by rows: which it was, the file does not tell.
    throw new DataError(
      'DATA_RANK',
      `${file.path}: '${array.name}' is ${array.shape.join(' x ')}; a cube has three axes (reshape it before saving)`,
    );
  }
  const { header, entry, name } = array;
  if (header === null) throw new DataError('DATA_TYPE', `${file.path}: '${name}' is no array of numbers`);
  // Unpacked when values are first asked for, and then kept.
  let place: Promise<SizedSource> | undefined;
  const source = (): Promise<SizedSource> => {
    place ??= openNpzEntry(file, entry);
    return place;
  };
  const found = {
    format: 'npz',
    variable: name,
    wavelengths: await findWavelengths(file, arrays, array.shape),
    facts: { variables: arrays.map(({ name, type, shape }) => ({ name, type, shape })) },
  };
  const cube = { header, source, size: entry.size, file: file.path, name };
  return npyCube(cube, options, found, () => file.close());
}

async function open(path: string, options: ReadCubeOptions): Promise<CubeReader> {
  const file = await RandomAccessFile.open(path, 'DATA');
  try {
    return await describe(file, options);
  } catch (cause) {
    await file.close();
    throw cause;
  }
}

/** Whether a zip's first file is a `.npy`. */
function startsWithArray(firstBytes: Uint8Array): boolean {
  const start = Buffer.from(firstBytes.buffer, firstBytes.byteOffset, firstBytes.byteLength);
  if (start.length < 30 || start.readUInt32LE(0) !== 0x04034b50) return false;
  return start.toString('latin1', 30, 30 + start.readUInt16LE(26)).endsWith('.npy');
}

/** NumPy's `.npz` (`savez`, `savez_compressed`): the cube is picked as in MATLAB files, `wavelengths` or `bands` beside it
 * are its wavelengths. Arrays that are not compressed are read by windows. Written without compression. */
export const npz: CubeFormat = {
  id: 'npz',
  word: 'npz',
  title: 'NumPy arrays (.npz)',
  extensions: ['.npz'],
  loses: ['badBands', 'ignoreValue', 'georeference'],
  sniff: (_path, firstBytes) => firstBytes !== null && startsWithArray(firstBytes),
  open,
  create: createNpz,
};
