import { trainTable } from '../config/index.js';
import type { StepEvent, TrainEvent, ValidationEvent } from '../train/events.js';
import { type Console, defineCommand } from './command.js';
import { clock, type Moment, openProgress, type Progress } from './progress.js';

/** `hyperlift train` */
export const command = defineCommand(trainTable, async (options, console) => {
  const { train } = await import('../train/index.js');
  const progress = await openProgress(console);
  const show = presenter(progress);
  try {
    const result = await train({
      ...options,
      signal: console.signal,
      onProgress: (event) => {
        if (console.json) console.event(event);
        else show(event);
      },
    });
    progress.end();
    if (!console.json) summarize(result, console);
  } finally {
    progress.end();
  }
  return undefined;
});

/** Scores in words; a total that repeats its only term is left out. */
function scoresOf({ total, psnr, ...terms }: Record<string, number>): string {
  const names = Object.entries(terms);
  const words = names.map(([name, value]) => `${name} ${value.toPrecision(4)}`);
  if (total !== undefined && names.length !== 1) words.unshift(`loss ${total.toPrecision(4)}`);
  if (psnr !== undefined) words.unshift(`PSNR ${psnr.toFixed(2)} dB`);
  return words.join(', ');
}

/** Shows events to people: the bar with the newest losses and the last look at the held-back scenes. */
function presenter(progress: Progress): (event: TrainEvent) => void {
  let heldBack = '';
  return (event) => {
    if (event.type === 'step') progress.show(momentOf(event, heldBack));
    if (event.type === 'start') progress.say(startLines(event));
    if (event.type === 'notice') progress.say(`note: ${event.text}`);
    if (event.type === 'validation') {
      const { psnr, total } = event.scores;
      heldBack = ` | held back ${scoresOf(psnr === undefined ? { total: total ?? Number.NaN } : { psnr })}`;
      progress.say(validationLine(event));
    }
    if (event.type === 'measure') {
      const pace = `${event.secondsPerStep.toFixed(3)} s a step`;
      progress.say(`${pace}: ${event.steps} steps fit, now fixed in config.json`);
    }
  };
}

function startLines(event: Extract<TrainEvent, { type: 'start' }>): string {
  const { scenes, model, paradigm, parameters, steps, from, device, threads, patches, folder } = event;
  const resumed = from > 0 ? `, going on from step ${from}` : '';
  return [
    `${model}, ${parameters.toLocaleString('en')} parameters, ${paradigm}, ${steps} steps${resumed}, on ${device} with ${threads} threads`,
    `${scenes.training} scenes to train on (${patches} patches), ${scenes.heldBack} held back; run folder ${folder}`,
  ].join('\n');
}

function momentOf(
  { step, steps, stepsPerSecond, remainingSeconds, losses }: StepEvent,
  heldBack: string,
): Moment {
  return {
    done: step,
    total: steps,
    unit: 'steps',
    perSecond: stepsPerSecond,
    remainingSeconds,
    scores: scoresOf(losses) + heldBack,
  };
}

function validationLine({ step, scores, best, baseline, baselineName }: ValidationEvent): string {
  const line = baseline === undefined ? '' : `; ${baselineName}, the line to beat: ${scoresOf(baseline)}`;
  return `step ${step}: held back ${scoresOf(scores)}${best ? ' (best)' : ''}${line}`;
}

type Result = Awaited<ReturnType<typeof import('../train/index.js')['train']>>;

function summarize(result: Result, console: Console): void {
  const { best, baseline, baselineName, files } = result;
  console.print(`${result.steps} ${result.steps === 1 ? 'step' : 'steps'} in ${clock(result.seconds)}`);
  if (best !== null) console.print(`best at step ${best.step}: ${scoresOf(best.scores)}`);
  if (baseline !== null) console.print(`${baselineName}, the line to beat: ${scoresOf(baseline)}`);
  for (const file of Object.values(files)) console.print(file);
}
