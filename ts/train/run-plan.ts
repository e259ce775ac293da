import { resolve } from 'node:path';
import { type TrainGiven, trainTable } from '../config/index.js';
import { checkValues, type Values } from '../config/validate.js';
import { namedSplit } from '../data/index.js';
import { isCameraFile, isKernelFile, responseNames } from '../degrade/index.js';
import { ConfigError } from '../errors.js';
import { packageVersion } from '../version.js';
import { type LastCheckpoint, readLast } from './checkpoint.js';
import { checkModel, forClosedForm, forTask } from './model-check.js';
import { freeRunFolder, RunFolder } from './run-folder.js';
import { checkResumeOptions, completeOptions, innerOptions, recordedOptions } from './run-options.js';
import { type MachineOptions, onThisMachine } from './session.js';

/** A run that may start: its options are checked, its folder is there and can be written. */
export interface RunPlan {
  folder: RunFolder;
  options: MachineOptions;
  /** Where a resumed run goes on; null for a new one, and for one that was stopped before its first checkpoint. */
  last: LastCheckpoint | null;
  /** The network has a solution in closed form, and no steps. */
  closedForm: boolean;
  /** The folder holds this run already. */
  resumed: boolean;
}

/** Plans a new run.
 * @throws {ConfigError} `CONFIG_*` before anything is read, `MODEL_*`; {@link RunFolder.create}'s errors. */
export async function planNewRun(given: TrainGiven): Promise<RunPlan> {
  const { closedForm, ...options } = onThisMachine(
    checkModel(completeOptions(forClosedForm(forTask(given)))),
  );
  const out = options.out ?? (await freeRunFolder(`${options.model}-${options.paradigm}`));
  const folder = await RunFolder.create(out, options.overwrite);
  return { folder, options, closedForm, last: null, resumed: false };
}

/** Plans to go on with the run in a folder.
 * @throws {ConfigError} `CONFIG_RESUME`, `CONFIG_CONFLICT`; `CHECKPOINT_*` for a damaged last.safetensors. */
export async function planResumedRun(path: string, given: TrainGiven): Promise<RunPlan> {
  checkResumeOptions(given);
  const folder = await RunFolder.open(path);
  const { resume: _resume, ...changes } = given;
  const recorded = recordedOf(await folder.readConfig(), folder.path('config'));
  const { closedForm, ...options } = onThisMachine(checkModel(completeOptions({ ...recorded, ...changes })));
  if (options.steps === undefined) {
    throw new ConfigError(
      'CONFIG_RESUME',
      `${folder.path('config')} names no 'steps': the run never started`,
    );
  }
  const last = (await folder.has('last')) ? await readLast(folder.path('last')) : null;
  if (last !== null) checkSameRun(last, innerOptions(recorded), folder);
  return { folder, options, closedForm, last, resumed: true };
}

function recordedOf(config: unknown, file: string): TrainGiven {
  const { hyperlift: _notes, ...options } = Object(config) as Values;
  return checkValues(trainTable, options, { kind: 'file', file }) as TrainGiven;
}

/** A configuration that was edited after the start would break the promise of equal weights. */
function checkSameRun(last: LastCheckpoint, inner: Values, folder: RunFolder): void {
  const before = last.facts.config;
  const names = [...new Set([...Object.keys(before), ...Object.keys(inner)])];
  const changed = names.find((name) => JSON.stringify(before[name]) !== JSON.stringify(inner[name]));
  if (changed === undefined) return;
  throw new ConfigError(
    'CONFIG_RESUME',
    `'${changed}' is ${JSON.stringify(inner[changed])} in ${folder.path('config')} and ${JSON.stringify(before[changed])} in ` +
      'last.safetensors; restore the configuration, or start a new run',
  );
}

/** What config.json holds: every option, places by their whole paths, so that `train --config` can repeat the run from
 * anywhere, and notes of ours. */
export function configRecord(
  options: MachineOptions & { steps: number },
  notes: Readonly<Record<string, unknown>>,
): Values {
  const recorded = recordedOptions(options);
  for (const name of ['data', 'perceptualWeights', 'init', 'response', 'kernel', 'split', 'cache'] as const) {
    const place = recorded[name];
    if (typeof place === 'string' && isPlace(name, place)) recorded[name] = resolve(place);
  }
  const { camera, rgbFolder } = recorded;
  if (rgbFolder !== undefined) recorded.rgbFolder = [rgbFolder].flat().map((place) => resolve(String(place)));
  if (typeof camera === 'string' && isCameraFile(camera)) recorded.camera = resolve(camera);
  return { ...recorded, hyperlift: { version: packageVersion(), ...notes } };
}

/** A response can be the name of a table, a kernel words, a cache on or off. */
function isPlace(option: string, value: string): boolean {
  if (option === 'cache') return value !== 'auto' && value !== 'off';
  if (option === 'kernel') return isKernelFile(value);
  if (option === 'split') return namedSplit(value) === undefined;
  return option !== 'response' || !responseNames.includes(value);
}
