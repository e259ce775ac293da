import { onlyGiven } from '../config/only-given.js';
import { reconstructTable } from '../config/index.js';
import { type CheckedOptions, checkedOptions } from '../config/checked.js';
import type { ReconstructGiven } from '../config/reconstruct-options.js';
import { cubeInfo, formatOf, openCube, readRgb } from '../data/index.js';
import { recordedResponse, seenResponse } from '../degrade/index.js';
import { native } from '../native/index.js';
import type { ReconstructEvent } from './events.js';
import { memoryBytes } from './memory-size.js';
import type { SourceImage } from './network.js';
import { type OpenNetwork, openNetwork } from './open-network.js';
import { beside, type Output, settleOutputs } from './outputs.js';
import { PictureOfLines } from './picture-of-lines.js';
import { cubeFileSource, photoSource, stretched } from './sources.js';
import { TileProgress } from './tile-progress.js';
import { chooseTiles } from './tile-settings.js';
import { notesOf, writeCubeOf } from './write-cube.js';

/** What `reconstruct` takes: the options of `hyperlift reconstruct` by their names, and how to listen and stop. */
export interface ReconstructOptions extends ReconstructGiven {
  /** Called with each event. */
  onProgress?: ((event: ReconstructEvent) => void) | undefined;
  /** Stops between two tiles; the cube under way is not written. */
  signal?: AbortSignal | undefined;
}

/** What has been made of one image. */
export interface ReconstructedImage {
  image: string;
  /** The cube: a .mat file or a folder of PNGs. */
  cube: string;
  /** Its uncertainty, where asked for. */
  uncertainty: string | null;
  pictures: string[];
  bands: number;
  height: number;
  width: number;
  tile: number;
  overlap: number;
}

/** What `reconstruct` returns. */
export interface ReconstructResult {
  images: ReconstructedImage[];
  seconds: number;
}

type Checked = CheckedOptions<typeof reconstructTable>;
type Report = (event: ReconstructEvent) => void;

/** More channels than a picture has are a cube's bands. */
const mostChannels = 4;

/** Lifts RGB images to hyperspectral cubes with the weights of a checkpoint; of a cube the RGB is made as in its training, from a file
 * that need not fit into memory. Large images go through the network in tiles, and
 * the cube is written as it is made, so that memory stays within `memory` (beside the image and LibTorch itself).
 *
 * Values are clipped to [0, 1], as scores are made of them.
 * @throws ConfigError `CONFIG_*` before anything is read; DataError `DATA_*`; ModelError `CHECKPOINT_*`; RunError
 * `RUN_DISK_FULL`; the signal's reason when it is aborted.
 * @example
 * await reconstruct({ images: ['photo.jpg'], checkpoint: 'runs/first', out: 'photo.mat' });
 */
export async function reconstruct(given: ReconstructOptions): Promise<ReconstructResult> {
  const started = performance.now();
  const { onProgress = () => {}, signal, ...rest } = given;
  const options = checkedOptions(reconstructTable, rest);
  memoryBytes(options.memory);
  const outputs = settleOutputs(options.images, options.out, options.format);
  if (options.threads !== undefined) native().setThreads(options.threads);
  const network = await openNetwork(options.checkpoint, options);
  try {
    const images: ReconstructedImage[] = [];
    const said = new Set<string>();
    for (const output of outputs) {
      signal?.throwIfAborted();
      const cube = await isCube(output.image, options);
      const text = howInputIsRead(options, network, cube);
      if (!said.has(text)) onProgress({ type: 'notice', text });
      said.add(text);
      const image = await (cube ? openCubeImage : openPhoto)(output.image, network, options);
      images.push(await reconstructOne(image, { output, network, options, report: onProgress, signal }));
    }
    const seconds = (performance.now() - started) / 1000;
    onProgress({ type: 'done', seconds });
    return { images, seconds };
  } finally {
    network.dispose();
  }
}

function howInputIsRead({ input }: Checked, { facts }: OpenNetwork, cube: boolean): string {
  const camera = facts.rgb.response.name;
  if (cube) return `of cubes the RGB is made with '${camera}', the camera of the training, without its noise`;
  return {
    srgb: `images are taken as sRGB photos: freed of the sRGB curve and mapped by a 3 x 3 matrix into the space of '${camera}', on which the network was trained; --input linear or camera says otherwise`,
    linear: `images are taken as linear sRGB and mapped by a 3 x 3 matrix into the space of '${camera}'`,
    camera: `images are taken as linear values of '${camera}', the camera of the training`,
  }[input];
}

interface Job {
  output: Output;
  network: OpenNetwork;
  options: Checked;
  report: Report;
  signal: AbortSignal | undefined;
}

async function reconstructOne(
  opened: SourceImage,
  { output, network, options, report, signal }: Job,
): Promise<ReconstructedImage> {
  const { range } = network.facts.rgb;
  try {
    const image = range === 'stretched' ? await stretched(opened) : opened;
    const wishes = { ...options, memory: memoryBytes(options.memory) };
    const tiles = chooseTiles(network, image, wishes);
    const progress = new TileProgress(output.image, image, tiles, options.tiling, report);
    progress.start(network.bands);
    const uncertainty = options.uncertainty ? beside(output.cube, 'uncertainty') : null;
    const { height, width } = image;
    const { wavelengths } = network.facts;
    const plan = { bands: network.bands, height, width, wavelengths, notes: notesOf(network) };
    const job = { output, image, network, plan, tiles, tiling: options.tiling, uncertainty, signal };
    const pictures = await writeCubeOf({
      ...job,
      pictures: options.pictures ? (lines) => PictureOfLines.open(image, network, plan, lines) : null,
      onTiles: (n) => progress.add(n),
    });
    const files = [output.cube, ...(uncertainty === null ? [] : [uncertainty]), ...pictures];
    for (const file of files) report({ type: 'file', file });
    const { tile, overlap } = tiles;
    const sizes = { bands: network.bands, height, width, tile, overlap };
    return { image: output.image, cube: output.cube, uncertainty, pictures, ...sizes };
  } finally {
    opened.pixels.dispose();
  }
}

/** Whether a file is a cube: a named array of a .mat file is one unless it has three channels. */
async function isCube(file: string, { variable, axes }: Checked): Promise<boolean> {
  const [, inside] = /^(.+?):\/.+$/.exec(file) ?? [];
  if ((await formatOf(inside ?? file)) === null) return false;
  return (await cubeInfo(file, onlyGiven({ variable, axes }))).bands > mostChannels;
}

async function openPhoto(
  file: string,
  network: OpenNetwork,
  { input, variable }: Checked,
): Promise<SourceImage> {
  const rgb = await readRgb(file, { kind: input, ...onlyGiven({ variable }) });
  return photoSource(rgb, input, recordedResponse(network.facts.rgb), network.device);
}

/** The RGB that the camera of the training makes of a cube.
 * @throws {DataError} `DATA_WAVELENGTHS`, `DATA_WAVELENGTH_RANGE` where the camera does not see the cube's bands. */
async function openCubeImage(
  file: string,
  { facts, device }: OpenNetwork,
  { variable, axes, fullScale }: Checked,
): Promise<SourceImage> {
  const reader = await openCube(file, onlyGiven({ variable, axes, fullScale }));
  try {
    const response = seenResponse(facts.rgb, reader.info);
    return cubeFileSource(reader, response, device);
  } catch (cause) {
    await reader.close();
    throw cause;
  }
}
