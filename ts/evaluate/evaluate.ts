import { onlyGiven } from '../config/only-given.js';
import { type CheckedOptions, checkedOptions } from '../config/checked.js';
import { evaluateTable } from '../config/index.js';
import type { EvaluateGiven } from '../config/evaluate-options.js';
import { heldBackScenes, openDataset, type Scene } from '../data/index.js';
import { ConfigError } from '../errors.js';
import { protocolNamed, type SceneScores, type ScoreOptions, scoreCube } from '../metrics/index.js';
import { native } from '../native/index.js';
import { memoryBytes } from '../reconstruct/memory-size.js';
import { openBaseline, openCheckpoint, spectralNetwork } from '../reconstruct/open-network.js';
import type { EvaluateEvent } from './events.js';
import { writeReport } from './report.js';
import { closeScene, type OpenScene, openScene } from './scene-input.js';
import { reconstructScene, type SceneJob } from './scene-job.js';
import { writeScene } from './scene-files.js';
import { scoreResultFiles } from './score-files.js';
import { type EvaluateResult, protocolRecord, scoreSet } from './score-set.js';
import { scoreUpscaling } from './upscaling.js';

/** What `evaluate` takes: the options of `hyperlift evaluate` by their names, and how to listen and stop. */
export interface EvaluateOptions extends EvaluateGiven {
  /** Called with each event. */
  onProgress?: ((event: EvaluateEvent) => void) | undefined;
  /** Stops between two tiles. */
  signal?: AbortSignal | undefined;
}

/** Scores a checkpoint against cubes: reconstructs each scene from its RGB, made as the checkpoint's own training data was, and
 * compares it with its cube under a protocol. The checkpoint of a spatial network is shown each cube made smaller by its scale,
 * and with `half` refined by FineSR. With `results` in place of `checkpoint` scores cubes already made, as {@link scoreFiles} does. With
 * `out` writes tables and pictures.
 * @throws ConfigError `CONFIG_*`; DataError `DATA_*` naming the scene; ModelError `CHECKPOINT_*`.
 * @example
 * const { mean, baseline } = await evaluate({ checkpoint: 'runs/first', data: 'unseen' });
 * const lead = mean.psnr - (baseline?.mean.psnr ?? 0);
 */
export async function evaluate(given: EvaluateOptions): Promise<EvaluateResult> {
  const { onProgress = () => {}, signal, ...rest } = given;
  const options = checkedOptions(evaluateTable, rest);
  const memory = memoryBytes(options.memory);
  if (options.threads !== undefined) native().setThreads(options.threads);
  if (options.results !== undefined) {
    return scoreResultFiles({ ...options, results: options.results, memory, signal, onProgress });
  }
  const opened = await openCheckpoint(options.checkpoint ?? '', options);
  try {
    const protocol = protocolNamed(options.protocol, opened.model.task);
    refuseIdle(options, opened.model);
    const { data, rgb, variable, axes, fullScale, dataset: set, rgbFolder } = options;
    const dataset = await openDataset(data, {
      rgb,
      ...onlyGiven({ variable, axes, fullScale, dataset: set, rgbFolder }),
    });
    const { split } = options;
    const scenes = split === undefined ? dataset.scenes : await heldBackScenes(dataset.scenes, split);
    const { file: checkpoint, model } = opened;
    onProgress({ type: 'start', checkpoint, model: model.id, protocol, scenes: scenes.length });
    for (const text of dataset.notices) onProgress({ type: 'notice', text });
    if (model.task === 'spatial') {
      const settings = { ...options, memory, protocol, signal, onProgress };
      return await scoreUpscaling(scenes, opened, settings);
    }
    const network = spectralNetwork(opened);
    const baseline = model.id === 'rootpoly' ? null : await openBaseline(network);
    const run = baseline?.run ?? null;
    const settings = { ...options, memory };
    const job: SceneJob = { network, baseline: run, options: settings, protocol, signal, onProgress };
    return await scoreAll(scenes, job).finally(() => baseline?.dispose());
  } finally {
    opened.dispose();
  }
}

/** @throws {ConfigError} `CONFIG_CONFLICT` for an option that the network's task has no use for. */
function refuseIdle(
  { half, kernel, noise, response, camera, rgb, tiling, rgbFolder }: CheckedOptions<typeof evaluateTable>,
  { id, task }: { id: string; task: string },
): void {
  if (rgbFolder !== undefined && rgb !== 'files') {
    throw new ConfigError(
      'CONFIG_CONFLICT',
      "option 'rgbFolder' has no effect without rgb 'files'; give both",
    );
  }
  if (camera !== undefined && rgb === 'files') {
    throw new ConfigError(
      'CONFIG_CONFLICT',
      "option 'camera' has no effect with rgb 'files': it says how RGB is made of cubes; leave one of them out",
    );
  }
  const idle =
    task === 'spatial'
      ? {
          response: response !== undefined,
          camera: camera !== undefined,
          rgb: rgb !== 'simulated',
          tiling: tiling !== 'blended',
        }
      : { half: half !== undefined, kernel: kernel !== undefined, noise: (noise ?? 0) > 0 };
  const [found] = Object.entries(idle).find(([, given]) => given) ?? [];
  if (found === undefined) return;
  const kind = task === 'spatial' ? 'makes cubes larger' : 'makes cubes of RGB';
  throw new ConfigError('CONFIG_CONFLICT', `option '${found}' has no effect: network ${id} ${kind}`);
}

async function scoreAll(scenes: readonly Scene[], job: SceneJob): Promise<EvaluateResult> {
  const own: SceneScores[] = [];
  const other: SceneScores[] = [];
  const files: string[] = [];
  for (const [index, scene] of scenes.entries()) {
    job.signal?.throwIfAborted();
    const made = await scoreScene(scene, job);
    own.push(made.scores);
    if (made.baseline !== null) other.push(made.baseline);
    files.push(...made.files);
    const { scores, baseline } = made;
    job.onProgress({ type: 'scene', scores, baseline, done: index + 1, total: scenes.length });
  }
  const result = {
    ...protocolRecord(job.protocol),
    ...(await scoreSet(own)),
    baseline: other.length === 0 ? null : await scoreSet(other),
    baselineName: 'rootpoly',
  };
  if (job.options.out !== undefined) files.push(...(await writeReport(job.options.out, result, job.network)));
  for (const file of files) job.onProgress({ type: 'file', file });
  return { ...result, files };
}

interface ScoredScene {
  scores: SceneScores;
  baseline: SceneScores | null;
  files: string[];
}

async function scoreScene(scene: Scene, job: SceneJob): Promise<ScoredScene> {
  const opened = await openScene(scene, job);
  try {
    const cube = await reconstructScene(opened, job, job.network.run);
    try {
      const scores = await scoreCube(cube, opened.truth, scoringOf(opened, job));
      const baseline = await scoreBaseline(opened, job);
      const files = job.options.out === undefined ? [] : await writeScene(opened, cube, scores, job);
      return { scores, baseline, files };
    } finally {
      cube.dispose();
    }
  } finally {
    closeScene(opened);
  }
}

function scoringOf({ name, ignored }: OpenScene, { protocol, options }: SceneJob): ScoreOptions {
  return { protocol, name, notFinite: options.notFinite, ...(ignored === undefined ? {} : { ignored }) };
}

async function scoreBaseline(scene: OpenScene, job: SceneJob): Promise<SceneScores | null> {
  if (job.baseline === null) return null;
  const cube = await reconstructScene(scene, { ...job, onProgress: () => {} }, job.baseline);
  try {
    return await scoreCube(cube, scene.truth, scoringOf(scene, job));
  } finally {
    cube.dispose();
  }
}
