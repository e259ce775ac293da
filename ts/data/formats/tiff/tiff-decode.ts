import { swapBytes } from '../stored-types.js';
import { endianness } from 'node:os';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { DataError } from '../../../errors.js';
import { storedWidth } from '../stored-types.js';
import { compressionName } from './tiff-compression.js';
import { unpackBits, unpackLzw } from './tiff-unpack.js';
import type { TiffCube } from './tiff-work.js';

const inflated = promisify(inflate);
const hostIsLittle = endianness() === 'LE';

/** Decoders of other people, for what is rare. */
async function decodedElsewhere(cube: TiffCube, packed: Buffer): Promise<Buffer> {
  const { getDecoder } = await import('geotiff');
  const bits = storedWidth(cube.stored) * 8;
  const parameters = {
    tileWidth: cube.segmentWidth,
    tileHeight: cube.segmentHeight,
    predictor: 1,
    bitsPerSample: Array.from({ length: cube.samples }, () => bits),
    planarConfiguration: cube.samples > 1 ? 1 : 2,
    samplesPerPixel: cube.samples,
    JPEGTables: cube.jpegTables ?? undefined,
  };
  const decoder = await getDecoder(cube.compression, parameters);
  const own = new Uint8Array(packed);
  return Buffer.from((await decoder.decode(own.buffer)) as ArrayBuffer);
}

/** A segment's bytes, unpacked: at least `expected`, of which the first count. */
async function unpacked(cube: TiffCube, packed: Buffer, expected: number): Promise<Buffer> {
  switch (cube.compression) {
    case 1:
      return packed;
    case 5:
      return unpackLzw(packed, expected);
    case 8:
    case 32946:
      // Some more than wanted is fine, without end is not. In one piece, where it is not large.
      return inflated(packed, {
        maxOutputLength: expected + (1 << 16),
        chunkSize: Math.min(expected + 64, 1 << 22),
      });
    case 32773:
      return unpackBits(packed, expected);
    default:
      return decodedElsewhere(cube, packed);
  }
}

/** Each value is stored as the difference to that of the pixel before. */
function undoDifferences(bytes: Buffer, width: number, samples: number, rowValues: number): void {
  const Values = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array }[width];
  if (Values === undefined) return;
  const values = new Values(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length / width);
  if (values instanceof BigUint64Array) {
    for (let i = samples; i < values.length; i++) {
      if (i % rowValues >= samples) values[i] = (values[i] as bigint) + (values[i - samples] as bigint);
    }
    return;
  }
  for (let row = 0; row < values.length; row += rowValues) {
    for (let i = row + samples; i < row + rowValues; i++) {
      values[i] = (values[i] as number) + (values[i - samples] as number);
    }
  }
}

/** Bytes of a row are stored by their place in the value, the highest first, each as the difference to the one before. */
function undoFloatDifferences(bytes: Buffer, width: number, samples: number, rowValues: number): void {
  const rowBytes = rowValues * width;
  const row = Buffer.alloc(rowBytes);
  for (let start = 0; start + rowBytes <= bytes.length; start += rowBytes) {
    for (let i = start + samples; i < start + rowBytes; i++) {
      bytes[i] = ((bytes[i] as number) + (bytes[i - samples] as number)) & 0xff;
    }
    for (let place = 0; place < width; place++) {
      const to = hostIsLittle ? width - 1 - place : place;
      for (let i = 0; i < rowValues; i++)
        row[i * width + to] = bytes[start + place * rowValues + i] as number;
    }
    row.copy(bytes, start);
  }
}

/** Decodes a segment of `rows` rows to values in this machine's own order of bytes.
 * @throws {DataError} `DATA_DAMAGED`. */
export async function decodeSegment(
  path: string,
  cube: TiffCube,
  packed: Buffer,
  rows: number,
): Promise<Buffer> {
  const width = storedWidth(cube.stored);
  const rowValues = cube.segmentWidth * cube.samples;
  const expected = rows * rowValues * width;
  const found = await unpacked(cube, packed, expected).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new DataError(
      'DATA_DAMAGED',
      `${path}: a strip or tile cannot be unpacked (${compressionName(cube.compression)}): ${why}`,
    );
  });
  if (found.length < expected) {
    throw new DataError(
      'DATA_DAMAGED',
      `${path}: a strip or tile holds ${found.length} bytes, where ${expected} are needed`,
    );
  }
  const aligned = found.byteOffset % 8 === 0 && found !== packed;
  const bytes = aligned
    ? found.subarray(0, expected)
    : Buffer.from(new Uint8Array(found.subarray(0, expected)).buffer);
  if (cube.predictor === 3) {
    undoFloatDifferences(bytes, width, cube.samples, rowValues);
    return bytes;
  }
  if (cube.littleEndian !== hostIsLittle) swapBytes(bytes, width);
  if (cube.predictor === 2) undoDifferences(bytes, width, cube.samples, rowValues);
  return bytes;
}
