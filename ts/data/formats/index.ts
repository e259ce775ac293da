import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { DataError } from '../../errors.js';
import { fileError } from '../../io/file.js';
import type { CubeData, CubeInfo } from '../cube.js';
import { listNames } from './band-files.js';
import type { CubeFormat, ReadCubeOptions, WriteCubeOptions } from './format.js';
import { mat5 } from './mat5.js';
import { pngFolder } from './png-folder.js';
import { firstBytesOf, isImage } from './rgb-image.js';

/** Every container that is read, in the order they are tried. */
export const formats: readonly CubeFormat[] = [mat5, pngFolder];

const hdf5Magic = '\x89HDF\r\n\x1a\n';

/** Containers told apart so that the sentence can say what to do. */
function unreadKind(text: string): string | null {
  if (text.startsWith(hdf5Magic) || text.indexOf(hdf5Magic, 512) === 512 || text.startsWith('MATLAB 7.3')) {
    return "MATLAB v7.3 (HDF5), which this version does not read; save it again with '-v7', or with scipy's savemat";
  }
  if (text.startsWith('ENVI')) return 'an ENVI header; this version reads no ENVI';
  if (/^(II\*\0|MM\0\*)/.test(text))
    return 'a TIFF; this version reads TIFF as RGB pictures only, not as cubes';
  if (text.startsWith('\x93NUMPY')) return 'a NumPy array; this version reads no .npy';
  if (text.startsWith('PK')) return 'a zip (an .npz?); this version reads no .npz';
  return null;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw fileError('DATA', path, cause);
  }
}

/** The format of a file or folder, told by its content; null when none fits. */
export async function formatOf(path: string): Promise<CubeFormat | null> {
  const folder = await isFolder(path);
  const names = folder ? await listNames(path) : [];
  const firstBytes = folder ? null : await firstBytesOf(path);
  return formats.find((format) => format.sniff(path, firstBytes, names)) ?? null;
}

async function requireFormat(path: string): Promise<CubeFormat> {
  const format = await formatOf(path);
  if (format !== null) return format;
  const known = formats.map(({ title }) => title).join(', ');
  if (await isFolder(path)) {
    throw new DataError(
      'DATA_FORMAT',
      `${path}: a folder without numbered band pictures; cubes are read from: ${known}`,
    );
  }
  const firstBytes = await firstBytesOf(path);
  const unread = unreadKind(firstBytes.toString('latin1'));
  if (unread !== null) throw new DataError('DATA_UNSUPPORTED', `${path}: ${unread}`);
  if (isImage(firstBytes)) {
    throw new DataError(
      'DATA_FORMAT',
      `${path}: a picture, where a cube was expected; cubes are read from: ${known}`,
    );
  }
  throw new DataError('DATA_FORMAT', `${path}: not a container that is read; cubes are read from: ${known}`);
}

/** Reads a hyperspectral cube from whatever container it is in, told by content.
 * @returns `[bands, height, width]`, values as stored, with wavelengths where the file has them.
 * @throws {DataError} `DATA_MISSING`, `DATA_EMPTY`, `DATA_FORMAT`, `DATA_UNSUPPORTED`, `DATA_TRUNCATED`,
 * `DATA_DAMAGED`, and the container's own. */
export async function readCube(path: string, options: ReadCubeOptions = {}): Promise<CubeData> {
  return (await requireFormat(path)).read(path, options);
}

/** Sizes, type, wavelengths and variables of a cube, without its values.
 * @throws as {@link readCube}. */
export async function cubeInfo(path: string, options: ReadCubeOptions = {}): Promise<CubeInfo> {
  return (await requireFormat(path)).info(path, options);
}

/** Writes a cube in the container that the name asks for: `.mat`, or, without an ending, a folder of PNGs.
 * @throws {DataError} `DATA_FORMAT` for another ending, and {@link CubeFormat.write}'s errors. */
export async function writeCube(path: string, cube: CubeData, options: WriteCubeOptions = {}): Promise<void> {
  const ending = extname(path).toLowerCase();
  const writers = formats.filter(({ write }) => write !== undefined);
  const format = ending === '' ? pngFolder : writers.find(({ extensions }) => extensions.includes(ending));
  if (format?.write === undefined) {
    const known = writers.flatMap(({ extensions }) => extensions).join(', ');
    throw new DataError(
      'DATA_FORMAT',
      `${path}: cubes are written as ${known}, or, without an ending, as a folder of PNGs`,
    );
  }
  await format.write(path, cube, options);
}
