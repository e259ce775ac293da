import type { CheckedOptions } from '../config/checked.js';
import type { evaluateTable } from '../config/index.js';
import type { Scene } from '../data/index.js';
import { cropToMultiple, degrade } from '../degrade/index.js';
import { type NotFiniteChoice, type ProtocolName, type SceneScores, scoreCube } from '../metrics/index.js';
import type { NativeTensor } from '../native/index.js';
import { memoryBytes } from '../reconstruct/memory-size.js';
import type { OpenCheckpoint } from '../reconstruct/open-network.js';
import { Tensor, tidy } from '../tensor/index.js';
import {
  bicubicUpscaler,
  checkBands,
  openHalf,
  refinedCube,
  sourceOfTensor,
  type Upscaler,
  type UpscaleSettings,
  upscaledCube,
  upscalerOf,
} from '../upscale/index.js';
import type { EvaluateEvent } from './events.js';
import { writeReport } from './report.js';
import { writeScene } from './scene-files.js';
import { truthOf } from './scene-input.js';
import { type EvaluateResult, protocolRecord, scoreSet } from './score-set.js';
import { type Degradation, degradationOf, settledDegradation } from './settled-degradation.js';
import { sourcePicture } from './source-picture.js';
import { viewTable } from './view-table.js';

/** What is asked for of an evaluation of a spatial network. */
export interface UpscalingOptions extends Omit<CheckedOptions<typeof evaluateTable>, 'memory' | 'protocol'> {
  memory: number;
  protocol: ProtocolName;
  signal: AbortSignal | undefined;
  onProgress: (event: EvaluateEvent) => void;
}

interface Job {
  options: UpscalingOptions;
  network: OpenCheckpoint;
  upscaler: Upscaler;
  half: Upscaler | null;
  how: Degradation;
}

/** Scores a spatial network: each scene's cube, cut to a multiple of the scale, is made smaller (bicubic, in double, blurred before where it is asked for), made large again,
 * and compared with itself; beside bicubic interpolation.
 * @throws {DataError} `DATA_*` naming the scene; {ConfigError} `CONFIG_CONFLICT` for a companion of another scale. */
export async function scoreUpscaling(
  scenes: readonly Scene[],
  network: OpenCheckpoint,
  options: UpscalingOptions,
): Promise<EvaluateResult> {
  const upscaler = upscalerOf(network, undefined);
  const { how, notice } = await settledDegradation(options, network);
  if (notice !== null) options.onProgress({ type: 'notice', text: notice });
  const half = options.half === undefined ? null : await openHalf(options.half, upscaler, options);
  try {
    return await scoreAll(scenes, { options, network, upscaler, half, how });
  } finally {
    half?.dispose();
  }
}

async function scoreAll(scenes: readonly Scene[], job: Job): Promise<EvaluateResult> {
  const { options, network } = job;
  const own: SceneScores[] = [];
  const other: SceneScores[] = [];
  const files: string[] = [];
  for (const [index, scene] of scenes.entries()) {
    options.signal?.throwIfAborted();
    const made = await scoreScene(scene, job);
    own.push(made.scores);
    other.push(made.baseline);
    files.push(...made.files);
    const { scores, baseline } = made;
    options.onProgress({ type: 'scene', scores, baseline, done: index + 1, total: scenes.length });
  }
  const result = {
    ...protocolRecord(options.protocol),
    ...(await scoreSet(own)),
    baseline: await scoreSet(other),
    baselineName: 'bicubic',
  };
  if (options.out !== undefined) {
    files.push(...(await writeReport(options.out, result, network, 'Enlarged cubes')));
  }
  for (const file of files) options.onProgress({ type: 'file', file });
  return { ...result, files };
}

/** A scene's cube, cut to a multiple of the scale, and the same made smaller: `[bands, height, width]`, float32. */
interface Pair {
  name: string;
  truth: Tensor<'float32'>;
  low: Tensor<'float32'>;
  wavelengths: number[] | null;
}

async function withPair<T>(
  scene: Scene,
  upscaler: Upscaler,
  how: Degradation,
  use: (pair: Pair) => Promise<T>,
): Promise<T> {
  const { name } = scene;
  const cube = await scene.readCube();
  checkBands(cube.bands, name, upscaler);
  const { scale } = upscaler;
  const whole = new Tensor<'float32'>(await truthOf(cube));
  const truth = await tidy(async () => cropToMultiple(whole, scale).contiguous());
  whole.dispose();
  try {
    const low = await degrade(truth, { scale, ...how });
    return await use({ name, truth, low, wavelengths: cube.wavelengths }).finally(() => low.dispose());
  } finally {
    truth.dispose();
  }
}

async function scored(
  { name, truth }: Pair,
  how: { protocol: ProtocolName; notFinite?: NotFiniteChoice },
  make: () => Promise<NativeTensor>,
): Promise<SceneScores> {
  const made = await make();
  return scoreCube(made, truth.native, { ...how, name }).finally(() => made.dispose());
}

/** Scores bicubic interpolation: what has to be beaten. */
export async function scoreInterpolation(
  scenes: readonly Scene[],
  scale: number,
  options: { protocol: ProtocolName; memory: string; noise: number; kernel?: string | undefined },
): Promise<SceneScores[]> {
  const bicubic = bicubicUpscaler(scale);
  const { protocol } = options;
  const settings = { memory: memoryBytes(options.memory) };
  const how = await degradationOf(options);
  const all: SceneScores[] = [];
  for (const scene of scenes) {
    const one = (pair: Pair): Promise<SceneScores> =>
      scored(pair, { protocol }, () =>
        upscaledCube(sourceOfTensor(pair.low.native, bicubic), bicubic, settings),
      );
    all.push(await withPair(scene, bicubic, how, one));
  }
  return all;
}

interface ScoredScene {
  scores: SceneScores;
  baseline: SceneScores;
  files: string[];
}

async function scoreScene(scene: Scene, job: Job): Promise<ScoredScene> {
  return withPair(scene, job.upscaler, job.how, (pair) => scorePair(pair, job));
}

async function scorePair(pair: Pair, job: Job): Promise<ScoredScene> {
  const { options, upscaler, half, network } = job;
  const { protocol, notFinite } = options;
  const { name, truth, low } = pair;
  const { scale } = upscaler;
  const image = sourceOfTensor(low.native, upscaler);
  const settings = { ...options, ...told(name, options) };
  const baseline = await scored(pair, { protocol, notFinite }, () =>
    upscaledCube(image, bicubicUpscaler(scale), options),
  );
  const made =
    half === null
      ? await upscaledCube(image, upscaler, settings)
      : await refinedCube(image, upscaler, half, settings);
  try {
    const scores = await scoreCube(made, truth.native, { protocol, notFinite, name });
    if (options.out === undefined) return { scores, baseline, files: [] };
    const wavelengths = pair.wavelengths ?? network.facts.wavelengths;
    const input = () => sourcePicture(image, viewTable(truth.shape[0] ?? 0, wavelengths));
    const captions = [`low-resolution cube, 1/${scale}`, 'enlarged'] as const;
    const shown = { name, truth: truth.native, wavelengths, input, captions };
    return { scores, baseline, files: await writeScene(shown, made, scores, job) };
  } finally {
    made.dispose();
  }
}

function told(scene: string, { onProgress }: UpscalingOptions): Pick<UpscaleSettings, 'onTiles'> {
  let done = 0;
  return {
    onTiles: (count) => {
      done += count;
      onProgress({ type: 'tiles', scene, done, total: done });
    },
  };
}
