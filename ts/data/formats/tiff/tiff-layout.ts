import { DataError } from '../../../errors.js';
import { dtypeOfStored, storedWidth } from '../stored-types.js';
import { compressionName, isRead, mostExpansion } from './tiff-compression.js';
import type { TiffDirectory, TiffFile } from './tiff-directory.js';
import { type PictureFacts, storedTypeOf, tags } from './tiff-pictures.js';
import type { TiffCube } from './tiff-work.js';

/** A segment is decoded whole. */
const largestSegment = 2 ** 30;
/** A file may leave out tiles that hold nothing. */
const sparseBytes = 2 ** 26;

interface Pages {
  facts: PictureFacts;
  pages: readonly TiffDirectory[];
}

function damaged(path: string, what: string): DataError {
  return new DataError('DATA_DAMAGED', `${path}: no valid TIFF: ${what}`);
}

/** @throws {DataError} `DATA_UNSUPPORTED` for bands of different types, or a compression that is not read. */
async function checkReadable(path: string, [first, ...others]: readonly TiffDirectory[]): Promise<void> {
  if (first === undefined) return;
  for (const [tag, what] of [
    [tags.bitsPerSample, 'bits'],
    [tags.sampleFormat, 'sample format'],
  ] as const) {
    const values = new Set(await first.numbers(tag));
    if (values.size > 1) {
      throw new DataError(
        'DATA_UNSUPPORTED',
        `${path}: its bands differ in ${what} (${[...values].slice(0, 8).join(', ')})`,
      );
    }
  }
  const compression = await first.number(tags.compression, 1);
  if (!isRead(compression)) {
    throw new DataError(
      'DATA_UNSUPPORTED',
      `${path}: compressed with ${compressionName(compression)}, which is not read: rewrite it with deflate or LZW`,
    );
  }
  for (const page of others) {
    if ((await page.number(tags.compression, 1)) === compression) continue;
    throw new DataError('DATA_UNSUPPORTED', `${path}: its pages are compressed in different ways`);
  }
}

async function segmentsOf(
  path: string,
  page: TiffDirectory,
  { width, height }: PictureFacts,
): Promise<
  Pick<TiffCube, 'segmentWidth' | 'segmentHeight' | 'tiled'> & { offsets: number[]; byteCounts: number[] }
> {
  const tiled = page.has(tags.tileOffsets);
  const segmentWidth = tiled ? await page.number(tags.tileWidth, 0) : width;
  const rows = tiled ? await page.number(tags.tileHeight, 0) : await page.number(tags.rowsPerStrip, height);
  const segmentHeight = tiled ? rows : Math.min(rows, height);
  if (!(segmentWidth > 0 && segmentHeight > 0))
    throw damaged(path, `segments of ${segmentWidth} x ${segmentHeight} pixels`);
  const offsets = await page.numbers(tiled ? tags.tileOffsets : tags.stripOffsets);
  const byteCounts = await page.numbers(tiled ? tags.tileByteCounts : tags.stripByteCounts);
  return { segmentWidth, segmentHeight, tiled, offsets, byteCounts };
}

/** Number of segments beside and below each other. */
export function gridOf({
  width,
  height,
  segmentWidth,
  segmentHeight,
}: Pick<TiffCube, 'width' | 'height' | 'segmentWidth' | 'segmentHeight'>): { across: number; down: number } {
  return { across: Math.ceil(width / segmentWidth), down: Math.ceil(height / segmentHeight) };
}

/** Holds what the tags claim against the bytes that are there. */
function checkSizes(path: string, cube: TiffCube, fileBytes: number): void {
  const size = storedWidth(cube.stored);
  const { bands, height, width, compression } = cube;
  const claimed = bands * height * width * size;
  const most = fileBytes * mostExpansion(compression) + sparseBytes;
  if (claimed > most) {
    throw new DataError(
      'DATA_TRUNCATED',
      `${path}: claims ${bands} bands of ${height} x ${width} values of ${size} bytes, more than a file of ${fileBytes} bytes can hold`,
    );
  }
  const segment = cube.segmentWidth * cube.segmentHeight * cube.samples * size;
  if (compression !== 1 && segment > Math.min(largestSegment, most)) {
    throw new DataError(
      'DATA_UNSUPPORTED',
      `${path}: its strips or tiles of ${segment} bytes are too large to be read`,
    );
  }
  cube.offsets.forEach((offset, i) => {
    const end = offset + (cube.byteCounts[i] ?? 0);
    if (end <= fileBytes) return;
    throw new DataError(
      'DATA_TRUNCATED',
      `${path}: cut off: a strip or tile ends at byte ${end}, the file has ${fileBytes}`,
    );
  });
}

/** Finds the values of a cube.
 * @throws {DataError} `DATA_DAMAGED`, `DATA_EMPTY`, `DATA_TRUNCATED`, `DATA_TYPE`, `DATA_UNSUPPORTED`. */
export async function layoutOf(tiff: TiffFile, { facts, pages }: Pages): Promise<TiffCube> {
  const { path, size: fileBytes } = tiff.file;
  const { width, height, samples } = facts;
  const [first] = pages;
  const bands = samples === 1 ? pages.length : samples;
  if (first === undefined || bands * width * height === 0)
    throw new DataError(
      'DATA_EMPTY',
      `${path}: ${bands} bands of ${height} x ${width} pixels: it has no values`,
    );
  await checkReadable(path, pages);
  const stored = storedTypeOf(path, facts);
  const interleaved = samples > 1 && (await first.number(tags.planar, 1)) !== 2;
  const { offsets, byteCounts, ...segment } = await segmentsOf(path, first, facts);
  for (const page of pages.slice(1)) {
    const own = await segmentsOf(path, page, facts);
    if (own.segmentWidth !== segment.segmentWidth || own.segmentHeight !== segment.segmentHeight)
      throw new DataError('DATA_UNSUPPORTED', `${path}: its pages are cut into different strips or tiles`);
    for (const offset of own.offsets) offsets.push(offset);
    for (const count of own.byteCounts) byteCounts.push(count);
  }
  const { across, down } = gridOf({ width, height, ...segment });
  const planes = interleaved ? 1 : bands;
  if (offsets.length !== across * down * planes || byteCounts.length !== offsets.length) {
    throw damaged(path, `${offsets.length} strips or tiles, where ${across * down * planes} are needed`);
  }
  const noData = Number((await first.text(tags.gdalNoData)) ?? 0);
  const cube: TiffCube = {
    bands,
    height,
    width,
    stored,
    dtype: dtypeOfStored(stored),
    littleEndian: tiff.littleEndian,
    compression: await first.number(tags.compression, 1),
    predictor: await first.number(tags.predictor, 1),
    ...segment,
    samples: interleaved ? samples : 1,
    offsets: Float64Array.from(offsets),
    byteCounts: Float64Array.from(byteCounts),
    jpegTables: await first.raw(tags.jpegTables),
    fill: noData,
  };
  checkSizes(path, cube, fileBytes);
  return cube;
}
