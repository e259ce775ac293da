import type { Console } from './command.js';

/** A moment of a long job, as a bar or a line shows it. */
export interface Moment {
  done: number;
  total: number;
  /** What is counted: `steps`, `tiles`, `scenes`. */
  unit: string;
  perSecond?: number;
  remainingSeconds?: number;
  /** Current scores: `loss 0.123`, `PSNR 31.2`. */
  scores?: string;
}

/** Shows a long job to people: a bar on a terminal, now and then a line elsewhere, nothing with `--json`. */
export interface Progress {
  show(moment: Moment): void;
  /** A line above the bar. */
  say(text: string): void;
  end(): void;
}

/** `1:05`, `2:03:09`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function wordsOf({ perSecond, remainingSeconds, scores, unit }: Moment): string {
  const rate = perSecond === undefined || !(perSecond > 0) ? '' : rateOf(perSecond, unit);
  const rest = remainingSeconds === undefined ? '' : `${clock(remainingSeconds)} left`;
  return [rate, rest, scores ?? ''].filter((part) => part !== '').join(' | ');
}

function rateOf(perSecond: number, unit: string): string {
  return perSecond >= 1
    ? `${perSecond.toFixed(1)} ${unit}/s`
    : `${(1 / perSecond).toFixed(1)} s/${unit.replace(/s$/, '')}`;
}

/** Chooses how a job is shown on this console. */
export async function openProgress(console: Console): Promise<Progress> {
  if (console.json) return { show: () => {}, say: () => {}, end: () => {} };
  return process.stderr.isTTY === true ? bar(console) : lines(console);
}

async function bar(console: Console): Promise<Progress> {
  const { default: cliProgress } = await import('cli-progress');
  const options = {
    format: '{bar} {percentage}% {value}/{total} {words}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: false,
    linewrap: false,
    // Standard input stays the user's: no raw mode, and Ctrl-C comes as a signal.
    noTTYOutput: false,
    stream: process.stderr,
  };
  const shown = new cliProgress.SingleBar(options);
  let open = false;
  const close = (): void => {
    if (open) shown.stop();
    open = false;
  };
  return {
    show: (moment) => {
      if (!open) shown.start(moment.total, moment.done, { words: '' });
      open = true;
      shown.update(moment.done, { words: wordsOf(moment) });
    },
    say: (text) => {
      close();
      console.remark(text);
    },
    end: close,
  };
}

const secondsBetweenLines = 5;

function lines(console: Console): Progress {
  let last = Number.NEGATIVE_INFINITY;
  return {
    show: (moment) => {
      const now = performance.now() / 1000;
      if (moment.done < moment.total && now - last < secondsBetweenLines) return;
      last = now;
      const percent = Math.floor((100 * moment.done) / Math.max(1, moment.total));
      console.remark(`${percent}% ${moment.done}/${moment.total} ${moment.unit} | ${wordsOf(moment)}`);
    },
    say: (text) => console.remark(text),
    end: () => {},
  };
}
