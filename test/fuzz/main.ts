/** `npm run fuzz`: damaged copies of sound files through every reader. */
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../ts/package-root.js';
import { sharedFolder } from '../ts/shared-folder.js';
import { type FuzzResult, fuzz } from './fuzz.js';

const help = `npm run fuzz -- [options]
  --minutes N    how long (default 10)
  --inputs N     how many, instead of how long
  --seed N       of the damage (default 1)
  --first N      number of the first input (with --inputs 1: that input alone)
  --processes N  side by side (default: the cores)`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    inputs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    processes: { type: 'string', default: String(availableParallelism()) },
    help: { type: 'boolean', default: false },
  },
});

function line({ tried, read, refused, failures, slowest, memory }: FuzzResult): string {
  return `${tried} inputs: ${read} read, ${refused} refused, ${failures.length} wrong; slowest ${Math.round(slowest.milliseconds)} ms (${slowest.name}); memory +${Math.round(memory)} MiB`;
}

if (values.help) console.log(help);
else {
  const folder = join(packageRoot(), 'out', 'fuzz');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const real = sharedFolder('data', 'pack') !== null;
  if (!real) console.log('the folder ../shared/data/pack is not there: made files and fixtures alone');
  const result = await fuzz({
    seed: Number(values.seed),
    first: Number(values.first),
    inputs: Number(values.inputs ?? 0),
    ...(values.inputs === undefined ? { minutes: Number(values.minutes) } : {}),
    processes: values.inputs === '1' ? 1 : Number(values.processes),
    real,
    folder,
    onProgress: (sofar) => console.log(line(sofar)),
  });
  for (const { input, name, what } of result.failures.slice(0, 20)) {
    console.log(`WRONG: input ${input} of seed ${values.seed}, ${name}: ${what}`);
  }
  console.log(line(result));
  if (result.failures.length > 0) {
    console.log(`inputs that were handled wrongly are in ${folder}, as <number>-*`);
    process.exitCode = 1;
  } else rmSync(folder, { recursive: true, force: true });
}
