import type { NativeProgress } from '../native/index.js';
import type { Baseline } from './baseline.js';
import { type Best, type RunFacts, writeBest, writeLast } from './checkpoint.js';
import { Rate } from './rate.js';
import type { RunFolder } from './run-folder.js';
import type { RunLog } from './run-log.js';
import type { RunPlan } from './run-plan.js';
import type { TrainingData } from './scenes.js';
import type { MachineOptions, Session } from './session.js';

/** What a run is made of. */
export interface RunParts {
  plan: RunPlan;
  /** With the length settled. */
  options: MachineOptions & { steps: number; validateEvery: number };
  session: Session;
  data: TrainingData;
  log: RunLog;
  facts: RunFacts;
  baseline: Baseline | null;
  /** The step it starts from. */
  from: number;
}

/** A run on its way: validates, chooses the best, writes checkpoints, tells events. */
export class Run {
  readonly folder: RunFolder;
  readonly log: RunLog;
  readonly options: RunParts['options'];
  readonly from: number;
  readonly session: Session;
  readonly data: TrainingData;
  readonly baseline: Baseline | null;
  best: Best | null;
  readonly #facts: RunFacts;
  readonly #rate: Rate;
  #told: number;

  constructor({ plan, options, session, data, log, facts, baseline, from }: RunParts) {
    this.folder = plan.folder;
    this.log = log;
    this.options = options;
    this.from = from;
    this.session = session;
    this.data = data;
    this.baseline = baseline;
    this.best = plan.last?.facts.best ?? null;
    this.#facts = facts;
    this.#rate = new Rate(options.steps);
    this.#told = from;
    this.#rate.at(from, performance.now() / 1000);
  }

  get steps(): number {
    return this.options.steps;
  }

  /** Says what is about to happen. */
  announce(): void {
    const { data, options, steps, from, folder, session } = this;
    this.log.send({
      type: 'start',
      folder: folder.folder,
      model: options.model,
      paradigm: options.paradigm,
      parameters: session.model.parametersCount,
      steps,
      from,
      device: options.device,
      threads: options.threads,
      scenes: data.scenes,
      patches: session.feed.patches,
    });
  }

  onProgress({ step, lr, losses, gradNorm }: NativeProgress): void {
    if (step === this.#told) return;
    this.#told = step;
    const pace = this.#rate.at(step, performance.now() / 1000);
    this.log.send({ type: 'step', step, steps: this.steps, lr, losses, gradNorm, ...pace });
  }

  /** Looks at the held-back patches and writes best.safetensors where they have never looked better. */
  async validate(step: number): Promise<void> {
    const scores = await this.session.trainer.validate(this.data.validationPlan);
    const selection = this.options.paradigm === 'supervised' ? 'psnr' : 'total';
    const best = isBetter(scores[selection], this.best?.scores[selection], selection);
    if (best) {
      this.best = { step, scores };
      await this.#writeBest(step);
    }
    const baseline =
      this.baseline === null ? {} : { baseline: this.baseline.scores, baselineName: this.baseline.name };
    this.log.send({ type: 'validation', step, scores, selection, best, ...baseline });
    await this.log.flush();
  }

  /** Writes last.safetensors. */
  async save(step: number): Promise<void> {
    const file = this.folder.path('last');
    await writeLast(file, this.session.trainer, this.#facts, step, this.best);
    this.log.send({ type: 'checkpoint', step, file });
    await this.log.flush();
  }

  async #writeBest(step: number): Promise<void> {
    const file = this.folder.path('best');
    await writeBest(file, this.session.trainer, this.#facts, step, this.best);
    this.log.send({ type: 'checkpoint', step, file });
  }

  /** Gives the memory back and waits for the log. */
  async close(): Promise<void> {
    this.session.dispose();
    await this.data.close();
    await this.log.settled();
  }
}

/** A score that is not finite is never the best. */
function isBetter(
  score: number | undefined,
  before: number | undefined,
  selection: 'psnr' | 'total',
): boolean {
  if (score === undefined || !Number.isFinite(score)) return false;
  if (before === undefined) return true;
  return selection === 'psnr' ? score > before : score < before;
}
