import { nextTurn } from '../data/cube.js';
import { ConfigError } from '../errors.js';
import type { Camera, CameraSettings } from './camera-config.js';
import { litResponse } from './camera-linear.js';
import type { CubeRows } from './cube-rows.js';
import { decodeJpeg, encodePicture } from './encode-picture.js';
import { demosaics, mosaicChannels, mosaicMargin, paddedMosaic, sampleMosaic } from './mosaic.js';
import { projectRows } from './project-rows.js';
import { channels } from './response.js';
import { type SceneScales, sceneScales } from './scene-scales.js';
import { addSensorNoise, streamOfName } from './sensor-noise.js';
import { linearOf, multiplyPixels, toneOf } from './tone.js';

/** A picture that a camera took. */
export interface CameraPicture {
  height: number;
  width: number;
  /** `[3, height, width]`: 8 or 16 bits where the camera has a `depth` (a JPEG has 8), else floats. */
  data: Uint8Array | Uint16Array | Float32Array;
  /** Dividing by it brings values to [0, 1]. */
  fullScale: number;
  /** The file, where the camera makes JPEG; `data` is what is decoded from it. */
  jpeg: Uint8Array | null;
}

/** How a picture is taken. */
export interface PictureOptions {
  /** Of the noise; the cube's name adds to it, so that two cubes have noise of their own. Default 0. */
  seed?: number;
  signal?: AbortSignal | undefined;
  /** Values of the cube that are held at a time; results do not depend on it. */
  stripValues?: number;
  /** Default true. False leaves `data` of a JPEG as it was before, for those who want the file alone. */
  decoded?: boolean;
  /** Called with the rows that are done. */
  onRows?: ((rows: number) => void) | undefined;
}

/** Values that are worked on between two turns of the event loop: some milliseconds. */
const turn = 2 ** 14;
/** Pixels of a strip. */
const mostPixels = 2 ** 18;

/** Takes a picture of a cube. The same camera, cube, name and seed give the same bytes, whatever is read at a time.
 * @throws {DataError} `DATA_WAVELENGTHS`, `DATA_WAVELENGTH_RANGE`, `DATA_ILLUMINANT`. @throws {ConfigError} `CONFIG_CAMERA` for a mosaic on
 * a cube of a single row or column. */
export async function takePicture(
  camera: Camera,
  cube: CubeRows,
  { seed = 0, signal, stripValues = 2 ** 24, decoded = true, onRows = () => {} }: PictureOptions = {},
): Promise<CameraPicture> {
  const { height, width, name } = cube;
  const { settings } = camera;
  if (settings.mosaic !== undefined && Math.min(height, width) < 2) {
    throw new ConfigError(
      'CONFIG_CAMERA',
      `${name}: a mosaic needs 2x2 pixels, the cube has ${height}x${width}`,
    );
  }
  const response = litResponse(camera, cube);
  const pixelsAtOnce = Math.min(stripValues / cube.bands, mostPixels);
  const rowsAtOnce = Math.max(1, Math.floor(pixelsAtOnce / width));
  const read = (row: number, end: number) => projectRows(cube, response, row, end);
  const scales = await sceneScales(settings, { height, width, rowsAtOnce, signal, read });
  const picture = emptyPicture(height, width, settings);
  const strip: Strip = { picture, settings, scales, stream: [seed, streamOfName(name)] };
  for (let row = 0; row < height; row += rowsAtOnce) {
    signal?.throwIfAborted();
    const end = Math.min(height, row + rowsAtOnce);
    const rows = sensedRows(row, end, cube, settings);
    const sensed = filtered(await read(rows.first, rows.last), rows, strip);
    await sense(sensed, rows, strip);
    const seen = await developed(sensed, rows, strip);
    await store(seen, row, end, strip);
    onRows(end);
  }
  return settings.jpeg === undefined ? picture : compressed(picture, settings.jpeg, decoded);
}

/** The values of a picture as linear light of [0, 1], its tone curve undone: `[3, height, width]`. */
export async function linearPicture(
  { data, fullScale }: CameraPicture,
  { curve }: CameraSettings,
): Promise<Float32Array<ArrayBuffer>> {
  const linear = linearOf(curve);
  const result = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += 4 * turn) {
    const end = Math.min(data.length, start + 4 * turn);
    for (let i = start; i < end; i++) result[i] = linear((data[i] ?? 0) / fullScale);
    await nextTurn();
  }
  return result;
}

interface Strip {
  picture: CameraPicture;
  settings: CameraSettings;
  scales: SceneScales;
  /** What the noise of the image follows from. */
  stream: readonly [seed: number, name: number];
}

function emptyPicture(height: number, width: number, { depth, jpeg }: CameraSettings): CameraPicture {
  const size = channels * height * width;
  const bits = jpeg === undefined ? depth : 8;
  const data =
    bits === 8 ? new Uint8Array(size) : bits === 16 ? new Uint16Array(size) : new Float32Array(size);
  return { height, width, data, fullScale: bits === 8 ? 255 : bits === 16 ? 65535 : 1, jpeg: null };
}

/** Rows of the sensor that are computed, and of those the ones that are wanted. */
interface Rows {
  first: number;
  last: number;
  row: number;
  end: number;
}

function sensedRows(
  row: number,
  end: number,
  { height }: { height: number },
  { mosaic }: CameraSettings,
): Rows {
  const margin = mosaic === undefined ? 0 : mosaicMargin;
  return { row, end, first: Math.max(0, row - margin), last: Math.min(height, end + margin) };
}

/** What passes the Bayer filter, `[1, rows, width]`; all of `[3, rows, width]` without one. */
function filtered(rgb: Float32Array, { first, last }: Rows, { settings, picture }: Strip): Float32Array {
  const { mosaic: pattern } = settings;
  return pattern === undefined
    ? rgb
    : sampleMosaic(rgb, { first, rows: last - first, width: picture.width, pattern });
}

/** The sensor: exposure, noise, clipping and rounding, in place. Each row of each channel has a stream of noise of its own, so that
 * it is the same in every strip that it is computed in. */
async function sense(values: Float32Array, { first, last }: Rows, strip: Strip): Promise<void> {
  const { settings, scales, stream, picture } = strip;
  const { exposure, noise } = scales;
  const { width } = picture;
  const rows = last - first;
  const finish = roundedValue(settings);
  await inPieces(values.length / width, width, (from, to) => {
    const [start, end] = [from * width, to * width];
    for (let i = start; i < end; i++) values[i] = exposure * (values[i] ?? 0);
    for (let line = from; noise !== null && line < to; line++) {
      const [channel, row] = [Math.floor(line / rows), first + (line % rows)];
      const seen = settings.mosaic === undefined ? [channel] : mosaicChannels(settings.mosaic, row);
      const noises = seen.map((one) => noise[one] ?? {});
      addSensorNoise(values, line * width, (line + 1) * width, noises, [...stream, row, channel]);
    }
    for (let i = start; i < end; i++) values[i] = finish(values[i] ?? 0);
  });
}

/** Clipping and the bits of the sensor. */
function roundedValue({ clip, bits }: CameraSettings): (value: number) => number {
  const levels = bits === undefined ? null : 2 ** bits - 1;
  const cut = clip ? (value: number) => Math.min(1, Math.max(0, value)) : (value: number) => value;
  return levels === null ? cut : (value) => Math.round(cut(value) * levels) / levels;
}

/** Demosaicing, gains, matrix and brightness: `[3, end - row, width]`. */
async function developed(
  sensed: Float32Array,
  { first, row, end }: Rows,
  { settings, picture, scales: { brightness } }: Strip,
): Promise<Float32Array> {
  const { width } = picture;
  const rows = end - row;
  let result = sensed;
  if (settings.mosaic !== undefined) {
    const { mosaic: pattern, demosaic } = settings;
    const sensor = paddedMosaic(sensed, first, picture, { top: row, rows });
    result = new Float32Array(channels * rows * width);
    await inPieces(rows, width, (start, stop) =>
      demosaics[demosaic](sensor, result, { pattern, width, top: row, start, end: stop, rows }),
    );
  }
  const { gains = [1, 1, 1], matrix } = settings;
  if (settings.gains === undefined && matrix === undefined && brightness === 1) return result;
  const mixing = (matrix ?? [1, 0, 0, 0, 1, 0, 0, 0, 1]).map(
    (value, i) => value * (gains[i % 3] ?? 1) * brightness,
  );
  await inPieces(rows, width, (start, stop) =>
    multiplyPixels(result, rows * width, mixing, start * width, stop * width),
  );
  return result;
}

/** Clipping, tone curve and depth; puts the rows into the picture. */
async function store(seen: Float32Array, row: number, end: number, strip: Strip): Promise<void> {
  const { picture, settings } = strip;
  const { width, height, data, fullScale } = picture;
  const rows = end - row;
  const tone = toneOf(settings.curve);
  const step = stepOf(settings, fullScale);
  const whole = !(data instanceof Float32Array);
  const cut = settings.clip || whole;
  await inPieces(channels * rows, width, (start, stop) => {
    for (let line = start; line < stop; line++) {
      const to = (Math.floor(line / rows) * height + row + (line % rows)) * width;
      for (let i = 0; i < width; i++) {
        const value = seen[line * width + i] ?? 0;
        const toned = tone(cut ? Math.min(1, Math.max(0, value)) : value);
        data[to + i] = whole ? step(toned * fullScale) : toned;
      }
    }
  });
}

/** To whole steps. A value that is whole but for the precision of floats counts as whole, so that bits of the sensor survive. */
function stepOf({ rounding }: CameraSettings, fullScale: number): (value: number) => number {
  const precision = fullScale * 2 ** -23;
  return rounding === 'down' ? (value) => Math.floor(value + precision) : Math.round;
}

/** Works on rows in pieces, and lets the event loop turn between them. */
async function inPieces(
  rows: number,
  width: number,
  work: (start: number, end: number) => void,
): Promise<void> {
  const step = Math.max(1, Math.floor(turn / width));
  for (let start = 0; start < rows; start += step) {
    work(start, Math.min(rows, start + step));
    await nextTurn();
  }
}

async function compressed(picture: CameraPicture, quality: number, decoded: boolean): Promise<CameraPicture> {
  const { data } = picture;
  if (!(data instanceof Uint8Array)) return picture;
  const jpeg = await encodePicture({ ...picture, data }, 'jpg', quality);
  return { ...picture, data: decoded ? await decodeJpeg(jpeg, picture) : data, jpeg };
}
