import { blurRecord, type CameraRecord, cameraRecord, responseRecord } from '../degrade/index.js';
import { ConfigError, DataError } from '../errors.js';
import { packageVersion } from '../version.js';
import { fitBaseline } from './baseline.js';
import type { RunFacts } from './checkpoint.js';
import type { TrainEvent } from './events.js';
import { readInitialWeights } from './initial-weights.js';
import { type Length, settleLength } from './length.js';
import { warmupSteps } from './native-config.js';
import { openPerceptual, type Perceptual } from './perceptual.js';
import { Run } from './run.js';
import { RunLog } from './run-log.js';
import { innerOptions, type RunOptions, recordedOptions } from './run-options.js';
import { configRecord, type RunPlan } from './run-plan.js';
import { openTrainingData, type TrainingData } from './scenes.js';
import { batchesOf, type MachineOptions, openSession, type Session } from './session.js';
import { withTensors } from './tensors.js';

/** How a run is watched. */
export interface RunContext {
  /** When it began, by `performance.now()`. */
  started: number;
  onProgress: ((event: TrainEvent) => void) | undefined;
  signal: AbortSignal | undefined;
}

/** Opens everything a run needs: data, length, network and trainer; writes config.json and says where the run starts. */
export async function openRun(asked: RunPlan, context: RunContext): Promise<Run> {
  const log = new RunLog(asked.folder, context.onProgress);
  const data = await openTrainingData(asked.options, context.signal);
  try {
    checkSameData(asked, data);
    checkSameKernel(asked, data);
    checkSameCamera(asked, data);
    checkSameSplit(asked, data);
    // Pictures alone are read from files, whatever was asked for cubes.
    const plan = data.hasCubes ? asked : { ...asked, options: { ...asked.options, rgb: 'files' as const } };
    const perceptual = await openPerceptual(plan.options);
    for (const text of [...data.notices, perceptual.notice])
      if (text !== null) log.send({ type: 'notice', text });
    try {
      const length = await settleLength(data, plan.options, perceptual.features, context);
      if (length.measured !== null) log.send({ type: 'measure', ...length.measured, steps: length.steps });
      return await startRun(plan, { log, data, perceptual, length });
    } finally {
      // The trainer has taken them over.
      for (const tensor of perceptual.features?.values() ?? []) tensor.dispose();
    }
  } catch (error) {
    await data.close();
    throw error;
  }
}

function checkSameData({ last, options }: RunPlan, data: TrainingData): void {
  if (last === null || last.facts.data === data.fingerprint) return;
  throw new DataError(
    'DATA_CHANGED',
    `${options.data} is not the data this run was started on: its fingerprint is ${data.fingerprint}, ${last.facts.data} in ${last.file}`,
  );
}

function checkSameKernel({ last, options }: RunPlan, { kernel }: TrainingData): void {
  if (last === null) return;
  const now = kernel === null ? null : blurRecord(kernel);
  if (JSON.stringify(now) === JSON.stringify(last.facts.kernel)) return;
  throw new ConfigError(
    'CONFIG_RESUME',
    `kernel '${options.kernel ?? 'none'}' is not the blur this run was started with, which ${last.file} holds`,
  );
}

/** A response was never part of this; what the camera does beside it is. */
function checkSameCamera({ last, options }: RunPlan, { sceneCamera }: TrainingData): void {
  if (last === null) return;
  const steps = (record: CameraRecord | undefined): string =>
    record === undefined ? '' : JSON.stringify({ ...record, name: '' });
  const now = sceneCamera === null ? undefined : cameraRecord(sceneCamera.camera);
  if (steps(now) === steps(last.facts.rgb?.camera)) return;
  throw new ConfigError(
    'CONFIG_RESUME',
    `camera '${now?.name ?? 'none'}' does not take the steps this run was started with, which ${last.file} holds (run of ${options.data})`,
  );
}

function checkSameSplit({ last, options }: RunPlan, data: TrainingData): void {
  if (last === null || heldBackNames(data).join('\n') === last.facts.heldBack.join('\n')) return;
  throw new ConfigError(
    'CONFIG_RESUME',
    `${options.split ?? options.data} holds back other scenes than when this run was started: ${last.file} names '${last.facts.heldBack.join("', '")}'`,
  );
}

/** Scenes of which training sees nothing. */
function heldBackNames({ training, heldBack }: TrainingData): string[] {
  const seen = new Set(training.map(({ name }) => name));
  return heldBack.flatMap(({ name }) => (name === undefined || seen.has(name) ? [] : [name]));
}

interface Opened {
  log: RunLog;
  data: TrainingData;
  perceptual: Perceptual;
  length: Length;
}

async function startRun(plan: RunPlan, { log, data, perceptual, length }: Opened): Promise<Run> {
  const { steps, validateEvery, measured } = length;
  const warmup = warmupSteps(plan.options.warmup, steps);
  const options = { ...plan.options, steps, validateEvery, warmup, stepSize: stepSizeOf(plan.options, data) };
  const { features } = perceptual;
  const from = plan.last?.facts.step ?? 0;
  const session = await openSession(data, { options, steps, from, features });
  try {
    const init = await readWeights(plan, session, options);
    const baseline = await fitBaseline(data, options);
    const facts = factsOf(options, session, data, {
      perceptual: perceptual.record,
      init,
      baseline: baseline?.weights ?? null,
    });
    const notes = { data: data.fingerprint, perceptual: perceptual.record, init, ...measured };
    if (!plan.resumed) await plan.folder.clear();
    await plan.folder.writeConfig(configRecord(options, notes));
    log.open();
    return new Run({ plan, options, session, data, log, facts, baseline, from });
  } catch (error) {
    session.dispose();
    throw error;
  }
}

/** Steps between two drops of the rate, where the recipe counts epochs. */
function stepSizeOf(options: MachineOptions, data: TrainingData): number {
  const { stepEpochs, stepSize } = options;
  return stepEpochs === 0 ? stepSize : stepEpochs * batchesOf(data, options).stepsPerEpoch;
}

/** Puts the weights of the last checkpoint, or those that the run was told to start from, into the network. */
async function readWeights(
  plan: RunPlan,
  { model, trainer }: Session,
  options: RunOptions,
): Promise<string | null> {
  if (plan.last !== null) {
    await withTensors(plan.last.state, (state) => trainer.loadState(state));
    return plan.last.facts.init;
  }
  return options.init === undefined ? null : readInitialWeights(model, options.init);
}

function factsOf(
  options: RunOptions & { steps: number },
  { model }: Session,
  data: TrainingData,
  rest: Pick<RunFacts, 'perceptual' | 'init' | 'baseline'>,
): RunFacts {
  return {
    hyperlift: packageVersion(),
    model: model.id,
    options: model.options,
    paradigm: options.paradigm,
    rgb:
      data.camera === null
        ? null
        : {
            response: responseRecord(data.camera),
            transfer: 'linear',
            range: options.stretch ? 'stretched' : 'unit',
            source: options.rgb,
            kind: options.rgbKind,
            ...(data.sceneCamera === null ? {} : { camera: cameraRecord(data.sceneCamera.camera) }),
          },
    kernel: data.kernel === null ? null : blurRecord(data.kernel),
    wavelengths: data.wavelengths,
    config: innerOptions(recordedOptions(options)),
    data: data.fingerprint,
    heldBack: heldBackNames(data),
    protocol: 'field',
    ...rest,
  };
}
