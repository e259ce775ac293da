import type { CubeReader } from '../data/index.js';
import { ConfigError, DataError, ModelError } from '../errors.js';
import type { NativeTensor } from '../native/index.js';
import { Tensor } from '../tensor/index.js';
import type { SourceImage, TileFunction } from '../reconstruct/network.js';
import { type OpenCheckpoint, type OpenNetworkOptions, openCheckpoint } from '../reconstruct/open-network.js';
import { FilePixels, type Pixels, tensorPixels } from '../reconstruct/pixels.js';

/** What makes cubes larger: a network with its weights, or bicubic interpolation. */
export interface Upscaler {
  /** Id of the network, or `bicubic`. */
  name: string;
  scale: number;
  device: string;
  /** Tiles `[N, bands, h, w]` in, `[N, bands, scale h, scale w]` out. */
  run: TileFunction;
  /** The network; null for bicubic interpolation. */
  network: OpenCheckpoint | null;
  dispose(): void;
}

/** Opens the checkpoint of a spatial network.
 * @param scale what was asked for; undefined takes the checkpoint's.
 * @throws {ModelError} `MODEL_TASK` for a network that makes cubes of RGB; {ConfigError} `CONFIG_CONFLICT` for another scale; the
 * errors of reading a checkpoint. */
export async function openUpscaler(
  path: string,
  scale: number | undefined,
  options: OpenNetworkOptions = {},
): Promise<Upscaler> {
  const network = await openCheckpoint(path, options);
  try {
    return upscalerOf(network, scale);
  } catch (error) {
    network.dispose();
    throw error;
  }
}

/** A checkpoint that is open already, as an upscaler; errors as of {@link openUpscaler}. */
export function upscalerOf(network: OpenCheckpoint, scale: number | undefined): Upscaler {
  const { file, model, device, run, dispose } = network;
  if (model.task !== 'spatial') {
    throw new ModelError(
      'MODEL_TASK',
      `${file}: network ${model.id} makes cubes of RGB images (hyperlift reconstruct uses it); a spatial network was expected`,
    );
  }
  if (scale !== undefined && scale !== network.scale) {
    throw new ConfigError(
      'CONFIG_CONFLICT',
      `${file}: network ${model.id} was trained for scale ${network.scale}, and 'scale' is ${scale}`,
    );
  }
  return { name: model.id, scale: network.scale, device, run, network, dispose };
}

/** Bicubic interpolation, as MATLAB's imresize does it: what has to be beaten. */
export function bicubicUpscaler(scale: number): Upscaler {
  return {
    name: 'bicubic',
    scale,
    device: 'cpu',
    network: null,
    run: async (tiles) => (await new Tensor<'float32'>(tiles).imresize({ style: 'matlab', scale })).native,
    dispose: () => {},
  };
}

/** The scales at which the fine stage has a companion. */
const refinable: readonly number[] = [4, 8];

/** Opens the companion of half the scale, which FineSR needs.
 * @throws {ConfigError} `CONFIG_CONFLICT` for a scale that has none, or a companion of another scale. */
export async function openHalf(
  path: string,
  { scale }: Upscaler,
  options: OpenNetworkOptions = {},
): Promise<Upscaler> {
  if (!refinable.includes(scale)) {
    throw new ConfigError(
      'CONFIG_CONFLICT',
      `'half' is given at scale ${scale}: FineSR refines scales ${refinable.join(' and ')}, whose halves are 2 and 4`,
    );
  }
  const companion = await openUpscaler(path, undefined, options);
  if (2 * companion.scale === scale) return companion;
  companion.dispose();
  throw new ConfigError(
    'CONFIG_CONFLICT',
    `'half' is ${path}, trained for scale ${companion.scale}; at scale ${scale} one of scale ${scale / 2} was expected`,
  );
}

/** @throws {DataError} `DATA_BANDS` for a number of bands that the network does not take. */
export function checkBands(bands: number, cube: string, { network, name }: Upscaler): void {
  if (network === null) return;
  const { least } = network.model.bands;
  if ((network.bands === 0 || bands === network.bands) && bands >= least) return;
  const expected = network.bands === 0 ? `at least ${least}` : String(network.bands);
  throw new DataError('DATA_BANDS', `'${cube}' has ${bands} bands, network ${name} takes ${expected}`);
}

/** A cube in its file as a spatial network sees it; `pixels` are to be disposed, and close the file. Nothing is computed yet.
 * @throws as {@link checkBands}. */
export function sourceOf(reader: CubeReader, upscaler: Upscaler): SourceImage {
  const { bands, fullScale, name } = reader.info;
  checkBands(bands, name, upscaler);
  return sourceOfPixels(new FilePixels(reader), upscaler, fullScale);
}

/** The same of a tensor `[bands, height, width]` in [0, 1]. */
export function sourceOfTensor(tensor: NativeTensor, upscaler: Upscaler): SourceImage {
  return sourceOfPixels(tensorPixels(tensor), upscaler, 1);
}

function sourceOfPixels(pixels: Pixels, { device }: Upscaler, scale: number): SourceImage {
  const { height, width } = pixels;
  const mapping = { scale, srgb: false, matrix: [], clampNegative: false, offset: 0, gain: 1, device };
  return { pixels, height, width, mapping };
}
