import { nextTurn, type RgbData, type RgbKind } from '../data/cube.js';
import { invert3, type Matrix3 } from './matrix3.js';
import { type CameraResponse, channels, normalizeColumns, responseAt } from './response.js';
import { linearSrgbWeights, srgbToLinear } from './srgb.js';

/** Where sRGB's sensitivity lies; spectra of the fit are taken here. */
const grid: readonly number[] = Array.from({ length: 41 }, (_, i) => 380 + 10 * i);
/** How far apart, in nm, reflectances of real surfaces are still alike. */
const correlation = 60;

type Rows = number[][];

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

function matrix3(rows: Rows): Matrix3 {
  return rows.flat() as unknown as Matrix3;
}

/** The matrix from linear sRGB to the space of a camera, by least squares over reflectances.
 *
 * A surface of reflectance r, lit by D65, has the linear sRGB values S r, and in the camera whose cubes hold reflectance
 * the values C r, with C the response / 255. The spectra are those of a smooth random process, covariance
 * K(a, b) = exp(-(a - b)^2 / (2 * 60^2)) in nm (the shape that measured reflectances have: broad, without lines), so
 * M0 = C K S^T (S K S^T)^-1 is the least-squares map over all of them, with no sample to draw. Grey must stay grey: with
 * w = S 1 and v = C 1, both (1, 1, 1), M = M0 + (v - M0 w) (G^-1 w)^T / (w^T G^-1 w), G = S K S^T, is the best map that
 * keeps white. Row-major. */
export function linearSrgbToCamera(response: CameraResponse): Matrix3 {
  const table = Float64Array.from(
    grid.flatMap((nm) => [0, 1, 2].map((channel) => responseAt(response, channel, nm))),
  );
  const columns = normalizeColumns(table);
  const camera = [0, 1, 2].map((channel) => grid.map((_, i) => (columns[i * channels + channel] ?? 0) / 255));
  const srgb = linearSrgbWeights(grid);
  const alike = (a: number, b: number) => Math.exp(-((a - b) ** 2) / (2 * correlation ** 2));
  const smoothed = srgb.map((row) =>
    grid.map((nm) =>
      dot(
        row,
        grid.map((other) => alike(nm, other)),
      ),
    ),
  );
  const inverse = invert3(matrix3(srgb.map((row) => smoothed.map((other) => dot(row, other)))));
  const cross = camera.map((row) => smoothed.map((other) => dot(row, other)));
  const inverseRow = (row: number) => inverse.slice(row * 3, row * 3 + 3);
  const free = cross.map((row) =>
    [0, 1, 2].map((column) =>
      dot(
        row,
        [0, 1, 2].map((k) => inverseRow(k)[column] ?? 0),
      ),
    ),
  );
  const white = srgb.map((row) =>
    dot(
      row,
      grid.map(() => 1),
    ),
  );
  const pull = [0, 1, 2].map((row) => dot(inverseRow(row), white));
  const norm = dot(pull, white);
  return matrix3(
    free.map((row, channel) => {
      const target = dot(
        camera[channel] ?? [],
        grid.map(() => 1),
      );
      const miss = target - dot(row, white);
      return row.map((value, column) => value + (miss * (pull[column] ?? 0)) / norm);
    }),
  );
}

/** Values linearized: a table for integers, the formula for floats. */
function linearize(rgb: RgbData, kind: RgbKind): (value: number) => number {
  const { fullScale } = rgb;
  if (kind !== 'srgb') return (value) => value / fullScale;
  if (rgb.dtype !== 'uint8' && rgb.dtype !== 'uint16') return (value) => srgbToLinear(value / fullScale);
  const size = rgb.dtype === 'uint8' ? 256 : 65536;
  const table = Float64Array.from({ length: size }, (_, value) => srgbToLinear(value / fullScale));
  return (value) => table[value] ?? 0;
}

/** An RGB image in the linear space of the camera that a network was trained on: `[3, height, width]`, float32. sRGB is
 * decoded and mapped by {@link linearSrgbToCamera}, linear RGB mapped, camera values only scaled. Values below 0, which
 * the matrix gives for a few saturated colours, become 0. */
export async function toCameraSpace(
  rgb: RgbData,
  kind: RgbKind,
  response: CameraResponse,
): Promise<Float32Array<ArrayBuffer>> {
  const { data, height, width } = rgb;
  const plane = height * width;
  const result = new Float32Array(3 * plane);
  const linear = linearize(rgb, kind);
  const [a, b, c, d, e, f, g, h, i] =
    kind === 'camera' ? [1, 0, 0, 0, 1, 0, 0, 0, 1] : linearSrgbToCamera(response);
  for (let row = 0; row < height; row++) {
    for (let at = row * width; at < (row + 1) * width; at++) {
      const red = linear(data[at] ?? 0);
      const green = linear(data[plane + at] ?? 0);
      const blue = linear(data[2 * plane + at] ?? 0);
      result[at] = Math.max(0, a * red + b * green + c * blue);
      result[plane + at] = Math.max(0, d * red + e * green + f * blue);
      result[2 * plane + at] = Math.max(0, g * red + h * green + i * blue);
    }
    if (row % 64 === 63) await nextTurn();
  }
  return result;
}
