import { onlyGiven } from '../config/only-given.js';
import { type CheckedOptions, checkedOptions } from '../config/checked.js';
import { type UpscaleGiven, upscaleTable } from '../config/index.js';
import { type CubeReader, openCube } from '../data/index.js';
import { ConfigError } from '../errors.js';
import { native } from '../native/index.js';
import { memoryBytes } from '../reconstruct/memory-size.js';
import type { SourceImage } from '../reconstruct/network.js';
import { type Output, settleOutputs } from '../reconstruct/outputs.js';
import { PictureOfLines } from '../reconstruct/picture-of-lines.js';
import type { SinkPlan } from '../reconstruct/sink.js';
import { TileProgress } from '../reconstruct/tile-progress.js';
import { notesOf, writeCubeOf, writeWholeCube } from '../reconstruct/write-cube.js';
import { packageVersion } from '../version.js';
import { refinedCube, tilesOf, type UpscaleSettings, upscaledCube } from './cube.js';
import type { UpscaleEvent } from './events.js';
import { bicubicUpscaler, openHalf, openUpscaler, sourceOf, type Upscaler } from './upscaler.js';

/** What `upscale` takes: the options of `hyperlift upscale` by their names, and how to listen and stop. */
export interface UpscaleOptions extends UpscaleGiven {
  /** Called with each event. */
  onProgress?: ((event: UpscaleEvent) => void) | undefined;
  /** Stops between two tiles; the cube under way is not written. */
  signal?: AbortSignal | undefined;
}

/** What has been made of one cube. */
export interface UpscaledCube {
  /** The low-resolution cube. */
  from: string;
  /** The result: a .mat file or a folder of PNGs. */
  cube: string;
  pictures: string[];
  bands: number;
  height: number;
  width: number;
}

/** What `upscale` returns. */
export interface UpscaleResult {
  cubes: UpscaledCube[];
  scale: number;
  /** Id of the network, `bicubic`, or `dualsr` for both stages. */
  method: string;
  seconds: number;
}

type Checked = CheckedOptions<typeof upscaleTable>;

interface Job {
  options: Checked;
  upscaler: Upscaler;
  half: Upscaler | null;
  report: (event: UpscaleEvent) => void;
  signal: AbortSignal | undefined;
}

/** Makes low-resolution cubes `scale` times larger in each direction: by the spatial network of a checkpoint, by two of them and FineSR
 * (`half`), or by bicubic interpolation. Large cubes go through a network in tiles, and the result is written as it is made, so that
 * memory stays within `memory`; FineSR needs one number of the whole cube and keeps it in memory.
 *
 * Values are clipped to [0, 1], as the papers do before they score.
 * @throws ConfigError `CONFIG_*` before anything is read; DataError `DATA_*`; ModelError `CHECKPOINT_*`, `MODEL_TASK`; RunError
 * `RUN_DISK_FULL`; the signal's reason when it is aborted.
 * @example
 * await upscale({ cubes: ['low.mat'], checkpoint: 'runs/x4', out: 'high.mat' });
 */
export async function upscale(given: UpscaleOptions): Promise<UpscaleResult> {
  const started = performance.now();
  const { onProgress: report = () => {}, signal, ...rest } = given;
  const options = checkedOptions(upscaleTable, rest);
  memoryBytes(options.memory);
  if (options.threads !== undefined) native().setThreads(options.threads);
  const upscaler = await openAsked(options, report);
  try {
    const half = options.half === undefined ? null : await openHalf(options.half, upscaler, options);
    try {
      const { scale } = upscaler;
      const outputs = settleOutputs(options.cubes, options.out, options.format, `-x${scale}`);
      const cubes: UpscaledCube[] = [];
      for (const output of outputs) {
        signal?.throwIfAborted();
        cubes.push(await upscaleOne(output, { options, upscaler, half, report, signal }));
      }
      const seconds = (performance.now() - started) / 1000;
      report({ type: 'done', seconds });
      return { cubes, scale, method: half === null ? upscaler.name : 'dualsr', seconds };
    } finally {
      half?.dispose();
    }
  } finally {
    upscaler.dispose();
  }
}

async function openAsked(options: Checked, report: Job['report']): Promise<Upscaler> {
  const { checkpoint, scale, half } = options;
  if (checkpoint !== undefined) return openUpscaler(checkpoint, scale, options);
  if (scale === undefined) {
    throw new ConfigError(
      'CONFIG_MISSING',
      'upscale needs --checkpoint, the weights of a spatial network, or --scale for bicubic interpolation',
    );
  }
  if (half !== undefined) {
    throw new ConfigError(
      'CONFIG_CONFLICT',
      "'half' is given without 'checkpoint', whose result it corrects",
    );
  }
  report({ type: 'notice', text: 'no checkpoint is given: bicubic interpolation' });
  return bicubicUpscaler(scale);
}

async function upscaleOne(output: Output, job: Job): Promise<UpscaledCube> {
  const { options, upscaler, report } = job;
  const { variable, axes, fullScale } = options;
  const reader = await openCube(output.image, onlyGiven({ variable, axes, fullScale }));
  const { info: cube } = reader;
  const image = await openedSource(reader, upscaler);
  try {
    const { scale, network } = upscaler;
    const { bands } = cube;
    const size = { height: cube.height * scale, width: cube.width * scale };
    const wavelengths = cube.wavelengths ?? network?.facts.wavelengths ?? null;
    const notes =
      network === null
        ? { made_by: `hyperlift ${packageVersion()}, bicubic interpolation x${scale}` }
        : notesOf(network);
    const pictures = await write(image, { bands, ...size, wavelengths, notes }, output, job);
    for (const file of [output.cube, ...pictures]) report({ type: 'file', file });
    return { from: output.image, cube: output.cube, pictures, bands, ...size };
  } finally {
    image.pixels.dispose();
  }
}

/** @throws as {@link sourceOf}; the file is then closed. */
async function openedSource(reader: CubeReader, upscaler: Upscaler): Promise<SourceImage> {
  try {
    return sourceOf(reader, upscaler);
  } catch (cause) {
    await reader.close();
    throw cause;
  }
}

/** Writes the cube and its pictures: line by line, or, what FineSR has refined, in one piece. */
async function write(image: SourceImage, plan: SinkPlan, output: Output, job: Job): Promise<string[]> {
  const { options, upscaler, half, report, signal } = job;
  const settings: UpscaleSettings = { ...options, memory: memoryBytes(options.memory), signal };
  const tiles = tilesOf(image, upscaler, settings);
  const progress = new TileProgress(
    output.image,
    image,
    tiles,
    'blended',
    report,
    half === null ? null : tilesOf(image, half, settings),
  );
  progress.start(plan.bands);
  const onTiles = (count: number): void => progress.add(count);
  const pictures = options.pictures
    ? (lines: 'rows' | 'columns') => PictureOfLines.enlarged(image, upscaler.scale, plan, lines)
    : null;
  if (half === null && upscaler.network !== null) {
    const { network } = upscaler;
    const parts = { output, image, network, plan, tiles, tiling: 'blended', uncertainty: null } as const;
    return writeCubeOf({ ...parts, pictures, signal, onTiles });
  }
  const made =
    half === null
      ? await upscaledCube(image, upscaler, { ...settings, onTiles })
      : await refinedCube(image, upscaler, half, { ...settings, onTiles });
  return writeWholeCube(made, { output, plan, pictures }).finally(() => made.dispose());
}
