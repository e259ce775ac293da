import { stat } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { DataError } from '../../errors.js';
import { fileError } from '../../io/file.js';
import type { CubeData, CubeInfo } from '../cube.js';
import { listNames } from './pictures/band-files.js';
import {
  type CubeFormat,
  type CubePlan,
  type CubeReader,
  type CubeWriter,
  type ReadCubeOptions,
  type WriteCubeOptions,
  wholeCube,
} from './format.js';
import { memoryReader, pourCube } from './lines.js';
import { envi } from './envi/envi.js';
import { npy } from './numpy/npy.js';
import { npz } from './numpy/npz.js';
import { mat5 } from './mat/mat5.js';
import { mat73 } from './hdf5/mat73.js';
import { pngFolder } from './pictures/png-folder.js';
import { firstBytesOf, isImage } from './pictures/rgb-image.js';
import { selectBands } from './selected-bands.js';
import { tiff } from './tiff/tiff.js';

/** Every container that is read, in the order they are tried. */
export const formats: readonly CubeFormat[] = [mat5, mat73, npy, npz, tiff, envi, pngFolder];

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
  const firstBytes = folder ? null : await firstBytesOf(path);
  const known = async (names: readonly string[]): Promise<CubeFormat | null> => {
    for (const format of formats) if (await format.sniff(path, firstBytes, names)) return format;
    return null;
  };
  if (folder) return known(await listNames(path));
  return (await known([])) ?? known(await listNames(dirname(path)).catch(() => []));
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
  if (isImage(await firstBytesOf(path))) {
    throw new DataError(
      'DATA_FORMAT',
      `${path}: a picture, where a cube was expected; cubes are read from: ${known}`,
    );
  }
  throw new DataError('DATA_FORMAT', `${path}: not a container that is read; cubes are read from: ${known}`);
}

/** `file.h5:/group/cube` names an array inside a file. */
const insideFile = /^(.+?):(\/.+)$/;

/** Opens a cube of whatever container, told by content, so that parts of it can be read; to be closed. `FILE:/path` names an
 * array inside an HDF5 file, as the option `variable` does.
 * @example
 * const reader = await openCube('scene.hdr');
 * const strip = await reader.read({ row: 0, height: 64 }); // [bands, 64, width]
 * await reader.close();
 * @throws {DataError} `DATA_MISSING`, `DATA_EMPTY`, `DATA_FORMAT`, `DATA_UNSUPPORTED`, `DATA_TRUNCATED`,
 * `DATA_DAMAGED`, and the container's own. */
export async function openCube(path: string, options: ReadCubeOptions = {}): Promise<CubeReader> {
  const [, file, variable] = insideFile.exec(path) ?? [];
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isThere && file !== undefined && variable !== undefined)
    return openCube(file, { ...options, variable });
  const reader = await (await requireFormat(path)).open(path, options);
  if (options.bands === undefined) return reader;
  try {
    return selectBands(reader, options.bands);
  } catch (cause) {
    await reader.close();
    throw cause;
  }
}

async function using<T>(reader: CubeReader, work: (reader: CubeReader) => T | Promise<T>): Promise<T> {
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}

/** Reads a hyperspectral cube from whatever container it is in, told by content.
 * @returns `[bands, height, width]`, values as stored, with wavelengths where the file has them.
 * @throws as {@link openCube}. */
export async function readCube(path: string, options: ReadCubeOptions = {}): Promise<CubeData> {
  return using(await openCube(path, options), wholeCube);
}

/** Sizes, type, wavelengths and variables of a cube, without its values.
 * @throws as {@link openCube}. */
export async function cubeInfo(path: string, options: ReadCubeOptions = {}): Promise<CubeInfo> {
  return using(await openCube(path, options), ({ info }) => info);
}

/** Words of the containers that are written, as options take them. */
export function formatWords(): string[] {
  return formats.flatMap(({ word, create }) => (create === undefined ? [] : (word ?? [])));
}

/** The container in which a name asks to be written: by its ending; without one, a folder of PNGs.
 * @throws {DataError} `DATA_FORMAT` for another ending. */
export function writerFor(path: string): CubeFormat {
  const ending = extname(path).toLowerCase();
  const writers = formats.filter(({ create }) => create !== undefined);
  const endings = ({ extensions, alsoWritten = [] }: CubeFormat) => [...extensions, ...alsoWritten];
  const format = ending === '' ? pngFolder : writers.find((writer) => endings(writer).includes(ending));
  if (format !== undefined) return format;
  const known = writers.flatMap(endings).join(', ');
  throw new DataError(
    'DATA_FORMAT',
    `${path}: cubes are written as ${known}, or, without an ending, as a folder of PNGs`,
  );
}

/** The container that options call by a word.
 * @throws {DataError} `DATA_FORMAT` for one that is not written. */
export function formatNamed(word: string): CubeFormat {
  const format = formats.find((candidate) => candidate.word === word);
  if (format !== undefined) return format;
  throw new DataError(
    'DATA_FORMAT',
    `'${word}' is no container that is written; there are: ${formatWords().join(', ')}`,
  );
}

/** Begins a cube in the container that the name asks for, or that `format` names; lines are then written as they are made.
 * @throws {DataError} `DATA_FORMAT` for an ending that is not known, `DATA_EXISTS`, `DATA_TOO_LARGE`, `DATA_TYPE`,
 * `DATA_WAVELENGTHS`, `DATA_WRITE`. @throws {RunError} `RUN_DISK_FULL`. */
export async function createCube(
  path: string,
  plan: CubePlan,
  { format, ...options }: WriteCubeOptions & { format?: string } = {},
): Promise<CubeWriter> {
  const { title, create } = format === undefined ? writerFor(path) : formatNamed(format);
  if (create === undefined) throw new DataError('DATA_FORMAT', `${path}: ${title} is not written`);
  if (plan.wavelengths !== null && plan.wavelengths.length !== plan.bands) {
    throw new DataError(
      'DATA_WAVELENGTHS',
      `${path}: ${plan.wavelengths.length} wavelengths for ${plan.bands} bands`,
    );
  }
  return create(path, plan, options);
}

/** Writes a cube in the container that the name asks for: `.mat`, ..., or, without an ending, a folder of PNGs.
 * @throws as {@link createCube}. */
export async function writeCube(
  path: string,
  cube: CubeData,
  options: WriteCubeOptions & { format?: string } = {},
): Promise<void> {
  const { data: _, ...plan } = cube;
  const writer = await createCube(path, plan, options);
  try {
    await pourCube(memoryReader(cube), writer);
  } catch (cause) {
    await writer.abort();
    throw cause;
  }
  await writer.finish();
}
