import { readFile } from 'node:fs/promises';
import { DataError } from '../../../errors.js';
import { fileError } from '../../../io/file.js';
import type { Pixels } from './pixels.js';

/** Whether the first bytes are a Windows bitmap's. */
export function isBmp(firstBytes: Uint8Array): boolean {
  return firstBytes[0] === 0x42 && firstBytes[1] === 0x4d && firstBytes.length >= 30;
}

interface BmpHeader {
  pixels: number;
  width: number;
  height: number;
  topDown: boolean;
  bytesPerPixel: 3 | 4;
}

function parseHeader(file: string, bytes: Buffer): BmpHeader {
  if (bytes.length < 54)
    throw new DataError('DATA_TRUNCATED', `${file}: cut off inside the header of a bitmap`);
  if (!isBmp(bytes)) throw new DataError('DATA_FORMAT', `${file}: not a Windows bitmap`);
  const bits = bytes.readUInt16LE(28);
  const compression = bytes.readUInt32LE(30);
  if ((bits !== 24 && bits !== 32) || compression !== 0) {
    throw new DataError(
      'DATA_UNSUPPORTED',
      `${file}: a bitmap of ${bits} bits, compression ${compression}; 24 and 32 bits uncompressed are read`,
    );
  }
  const signedHeight = bytes.readInt32LE(22);
  const header: BmpHeader = {
    pixels: bytes.readUInt32LE(10),
    width: bytes.readInt32LE(18),
    height: Math.abs(signedHeight),
    topDown: signedHeight < 0,
    bytesPerPixel: bits === 24 ? 3 : 4,
  };
  if (header.width <= 0 || header.height === 0) {
    throw new DataError('DATA_DAMAGED', `${file}: a bitmap of ${header.width}x${signedHeight} pixels`);
  }
  return header;
}

/** Reads a Windows bitmap of 24 or 32 bits (the CAVE database's RGB pictures), which sharp does not.
 * @throws {DataError} `DATA_MISSING`, `DATA_FORMAT`, `DATA_UNSUPPORTED`, `DATA_TRUNCATED`, `DATA_DAMAGED`. */
export async function readBmp(file: string): Promise<Pixels> {
  const bytes = await readFile(file).catch((cause) => {
    throw fileError('DATA', file, cause);
  });
  const { pixels, width, height, topDown, bytesPerPixel } = parseHeader(file, bytes);
  // Lines are padded to four bytes, and stored from the bottom unless the height is negative.
  const line = Math.ceil((width * bytesPerPixel) / 4) * 4;
  if (pixels + line * height > bytes.length) {
    throw new DataError(
      'DATA_TRUNCATED',
      `${file}: cut off: ${width}x${height} pixels end at byte ${pixels + line * height}, the file has ${bytes.length}`,
    );
  }
  const values = new Uint8Array(width * height * 3);
  for (let row = 0, to = 0; row < height; row++) {
    let from = pixels + (topDown ? row : height - 1 - row) * line;
    for (let column = 0; column < width; column++, from += bytesPerPixel, to += 3) {
      values[to] = bytes[from + 2] ?? 0;
      values[to + 1] = bytes[from + 1] ?? 0;
      values[to + 2] = bytes[from] ?? 0;
    }
  }
  return { values, dtype: 'uint8', width, height, channels: 3 };
}
