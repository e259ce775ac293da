import { DataError } from '../../errors.js';

/** More bands than any instrument has: beyond it sizes have been mistaken for each other. */
const mostBands = 100_000;

/** What a header claims of values that lie uncompressed in a file. */
export interface RawLayout {
  bands: number;
  height: number;
  width: number;
  /** Bytes of one value. */
  bytesPerValue: number;
  /** Byte of the first value. */
  start: number;
}

/** Holds what a header claims against the bytes that are there, before anything is allocated by it. More bytes than needed
 * are fine.
 * @param file where the claim stands; @param data where the bytes are.
 * @throws {DataError} `DATA_EMPTY`, `DATA_TRUNCATED`, `DATA_UNSUPPORTED`. */
export function checkRawLayout(
  file: string,
  { bands, height, width, bytesPerValue, start }: RawLayout,
  data: { path: string; size: number },
): void {
  const sizes = `${bands} bands of ${height} x ${width} pixels`;
  if (bands * height * width === 0) throw new DataError('DATA_EMPTY', `${file}: ${sizes}: it has no values`);
  const end = start + bands * height * width * bytesPerValue;
  if (end > data.size) {
    throw new DataError(
      'DATA_TRUNCATED',
      `${data.path}: cut off, or its header is wrong: ${sizes} of ${bytesPerValue} bytes` +
        `${start === 0 ? '' : ` from byte ${start}`} take ${end} bytes, the file has ${data.size}`,
    );
  }
  if (bands > mostBands) {
    throw new DataError('DATA_UNSUPPORTED', `${file}: ${sizes}; more than ${mostBands} bands are not read`);
  }
}
