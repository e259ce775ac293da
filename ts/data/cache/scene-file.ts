import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { DataError } from '../../errors.js';
import { writeFully } from '../../io/atomic-write.js';
import { RandomAccessFile } from '../../io/file.js';
import { nextTurn, type Origin } from '../cube.js';
import { keptAs, type Strip, type TiledDType, tiled, valueBytes } from './tiles.js';

/** What a file of the cache says of the values behind its header. */
export interface SceneFacts {
  bands: number;
  height: number;
  width: number;
  dtype: TiledDType;
  /** Divides the values to [0, 1]. */
  scale: number;
  /** Side of the tiles: `[bands, tile, tile]` each, smaller at the lower and right edge, row after row, without padding. */
  tile: number;
  /** The scene, and where its values were read. */
  name: string;
  origin: Origin;
}

/** The header of a file of the cache. */
export interface SceneHeader extends SceneFacts {
  /** When it was written, ISO 8601. */
  created: string;
  /** SHA-256 of the values, hexadecimal. */
  sha256: string;
}

/** A file of the cache with a sound header. */
export interface SceneFile extends SceneHeader {
  file: string;
  /** Where the values begin, in bytes. */
  offset: number;
  /** Of the values. */
  bytes: number;
}

/** The format of the files; files of another are built anew. */
export const sceneFormat = 1;

const magic = Buffer.from(`HLSCENE${sceneFormat}`);
const checksumBytes = 32;
const textAt = magic.length + 4 + checksumBytes;
/** Values begin at a page, so that a mapping has them aligned. */
const page = 4096;
const longestHeader = 1 << 20;
/** Some milliseconds of work between two turns of the event loop. */
const hashedAtOnce = 1 << 20;

function bytesOf({ bands, height, width, dtype }: SceneFacts): number {
  return bands * height * width * valueBytes[dtype];
}

function offsetOf(text: Buffer): number {
  return Math.ceil((textAt + text.length) / page) * page;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** Magic, length of the text, its SHA-256, the text (JSON), zeros up to the values. */
function encodeHeader(header: SceneHeader): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const bytes = Buffer.alloc(offsetOf(text));
  magic.copy(bytes);
  bytes.writeUInt32LE(text.length, magic.length);
  sha256(text).copy(bytes, magic.length + 4);
  text.copy(bytes, textAt);
  return bytes;
}

function damaged(file: string, why: string): DataError {
  return new DataError('DATA_DAMAGED', `${file}: is no sound file of the scene cache: ${why}`);
}

/** Reads and checks the header of a file of the cache, and that the file has the size it tells.
 * @throws {DataError} `DATA_MISSING`, `DATA_UNREADABLE`, `DATA_EMPTY`, `DATA_DAMAGED`, `DATA_TRUNCATED`. */
export async function readSceneFile(path: string): Promise<SceneFile> {
  return RandomAccessFile.use(path, 'DATA', async (file) => {
    const start = Buffer.from(await file.readUpTo(0, textAt));
    if (start.length < textAt || !start.subarray(0, magic.length).equals(magic))
      throw damaged(path, 'it begins otherwise');
    const length = start.readUInt32LE(magic.length);
    if (length > longestHeader) throw damaged(path, `its header claims ${length} bytes`);
    const text = Buffer.from(await file.read(textAt, length, 'the header'));
    if (!sha256(text).equals(start.subarray(magic.length + 4)))
      throw damaged(path, 'the checksum of the header differs');
    const header: SceneHeader = JSON.parse(text.toString());
    const [offset, bytes] = [offsetOf(text), bytesOf(header)];
    if (file.size !== offset + bytes) {
      throw new DataError(
        'DATA_TRUNCATED',
        `${path}: has ${file.size} bytes, its header tells of ${offset} + ${bytes}`,
      );
    }
    return { ...header, file: path, offset, bytes };
  });
}

/** Reads all values of a file of the cache and compares their checksum.
 * @throws {DataError} as {@link readSceneFile}. */
export async function verifySceneFile(path: string, signal?: AbortSignal): Promise<SceneFile> {
  const known = await readSceneFile(path);
  const hash = createHash('sha256');
  await RandomAccessFile.use(path, 'DATA', async (file) => {
    for (let at = known.offset; at < file.size; at += hashedAtOnce) {
      signal?.throwIfAborted();
      hash.update(await file.readUpTo(at, hashedAtOnce));
    }
  });
  if (hash.digest('hex') !== known.sha256) throw damaged(path, 'the checksum of the values differs');
  return known;
}

/** Where the values of a cube come from: rows of all bands at a time, so that it need never be in memory whole. */
export interface SceneSource extends Omit<SceneFacts, 'dtype' | 'tile'> {
  /** The rows `[row, row + height)` of all bands. */
  read(row: number, height: number): Promise<Strip>;
  /** Called when all is written, or nothing more will be. */
  close?(): Promise<void>;
}

/** Writes a file of the cache at `path`, which must not exist; its values go through memory a row of tiles at a time.
 * @throws {DataError} `DATA_RANGE` for a value that float16 cannot hold; what the source throws. */
export async function writeSceneFile(
  path: string,
  source: SceneSource,
  { tile, type }: { tile: number; type: CacheType },
): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await writeScene(handle, source, { tile, type });
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** In which type scenes are kept: as their files have them, or divided to [0, 1] in float16 or float32. */
export type CacheType = 'stored' | 'float16' | 'float32';

/** A header in which zeros stand for the checksum, so that it has the length of the finished one. */
function unsigned(facts: SceneFacts): SceneHeader {
  return { ...facts, created: new Date().toISOString(), sha256: '0'.repeat(64) };
}

async function writeScene(
  handle: FileHandle,
  source: SceneSource,
  { tile, type }: { tile: number; type: CacheType },
): Promise<void> {
  const { bands, height, width, name, origin } = source;
  const hash = createHash('sha256');
  let position = 0;
  let header: SceneHeader | undefined;
  let divisor = 1;
  for (let row = 0; row < height; row += tile) {
    const rows = Math.min(tile, height - row);
    const strip = await source.read(row, rows);
    if (header === undefined) {
      const kept = keptAs(strip.values, type, source.scale);
      divisor = kept.divisor;
      header = unsigned({ bands, height, width, dtype: kept.dtype, scale: kept.scale, tile, name, origin });
      position = encodeHeader(header).length;
    }
    const bytes = await tiled(strip, { bands, rows, width, tile, name }, { dtype: header.dtype, divisor });
    for (let at = 0; at < bytes.length; at += hashedAtOnce) {
      hash.update(bytes.subarray(at, at + hashedAtOnce));
      await nextTurn();
    }
    await writeFully(handle, bytes, position);
    position += bytes.length;
  }
  if (header === undefined) throw new DataError('DATA_EMPTY', `scene '${name}' has no rows`);
  await writeFully(handle, encodeHeader({ ...header, sha256: hash.digest('hex') }), 0);
}
