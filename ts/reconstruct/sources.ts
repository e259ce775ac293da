import type { CubeData, CubeReader, RgbData, RgbKind } from '../data/index.js';
import { type CameraResponse, linearSrgbToCamera } from '../degrade/index.js';
import { type NativeImageMapping, native } from '../native/index.js';
import type { SourceImage } from './network.js';
import { FilePixels, tensorPixels } from './pixels.js';

const plain = { srgb: false, matrix: [], clampNegative: false, offset: 0, gain: 1 };

/** A photo as a network sees it: sRGB is freed of its curve, then it and linear sRGB are mapped by a 3 x 3 matrix into the space
 * of the camera of the training; camera values are only scaled. Nothing is computed yet. */
export function photoSource(
  rgb: RgbData,
  kind: RgbKind,
  response: CameraResponse,
  device: string,
): SourceImage {
  const mapping: NativeImageMapping = {
    ...plain,
    scale: rgb.fullScale,
    srgb: kind === 'srgb',
    matrix: kind === 'camera' ? [] : [...linearSrgbToCamera(response)],
    clampNegative: kind !== 'camera',
    device,
  };
  return imageOf(rgb, mapping);
}

/** A cube as a network sees it: through a camera, rgb = response^T y / 255, linear.
 * @param response at the cube's own bands. */
export function cubeSource(cube: CubeData, response: CameraResponse, device: string): SourceImage {
  return imageOf(cube, cubeMapping(cube, response, device));
}

/** The same of an open cube, whose values stay in their file; closed with the pixels. */
export function cubeFileSource(reader: CubeReader, response: CameraResponse, device: string): SourceImage {
  const { height, width } = reader.info;
  const mapping = cubeMapping(reader.info, response, device);
  return { pixels: new FilePixels(reader), height, width, mapping };
}

function cubeMapping(
  cube: Pick<CubeData, 'bands' | 'fullScale'>,
  response: CameraResponse,
  device: string,
): NativeImageMapping {
  const channels = response.table.length / cube.bands;
  const matrix = Array.from({ length: channels * cube.bands }, (_, index) => {
    const [channel, band] = [Math.floor(index / cube.bands), index % cube.bands];
    return (response.table[band * channels + channel] ?? 0) / 255;
  });
  return { ...plain, scale: cube.fullScale, matrix, device };
}

function imageOf(
  { data, dtype, bands, height, width }: CubeData | RgbData,
  mapping: NativeImageMapping,
): SourceImage {
  return {
    pixels: tensorPixels(native().fromTypedArray(data, [bands, height, width], dtype, 'cpu')),
    height,
    width,
    mapping,
  };
}

/** The same image stretched to its own minimum and maximum, for networks trained so. Goes over the image once, in bands of rows. */
export async function stretched(image: SourceImage): Promise<SourceImage> {
  const rows = Math.max(1, Math.min(image.height, Math.floor(2 ** 20 / image.width)));
  let [least, most] = [Infinity, -Infinity];
  for (let row = 0; row < image.height; row += rows) {
    const height = Math.min(rows, image.height - row);
    const part = await image.pixels.cut([row, 0], height, image.width, image.mapping);
    const [low, high] = await native()
      .valueRange(part)
      .finally(() => part.dispose());
    [least, most] = [Math.min(least, low), Math.max(most, high)];
  }
  const gain = most > least ? 1 / (most - least) : 1;
  return { ...image, mapping: { ...image.mapping, offset: least, gain } };
}
