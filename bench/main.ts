/** Times every network against the machine's own peak, and against PyTorch where a peer file is given; then the figures that
 * have a limit. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { locateLibTorch } from '../ts/libtorch/index.js';
import type { Precision } from '../ts/native/index.js';
import { packageRoot } from '../ts/package-root.js';
import type { BenchCase } from './case.js';
import { figureCases, networkCases } from './cases/index.js';
import { Contender } from './contender.js';
import type { Figure } from './figure.js';
import { type Effort, gemmPeak, measure, type Row, rowOf } from './measure.js';
import { figureTable, table } from './report.js';

const help = `npm run bench -- [options]
  --quick             128 pixels only (low-resolution cubes of super-resolution: 32), few repetitions; the large image has
                      1024 x 1024 pixels
  --part NAME         only networks, losses, resize, reading, scores, large-image, large-cube, cache or
                      import; may be repeated
  --peer FILE.py      a Python file with build(id) -> torch module: PyTorch eager and torch.compile in turn with ours
  --against NAME      only eager or compile of the peer
  --python PYTHON     the interpreter that has torch, and for resize Pillow or scikit-image (default python3)
  --image N           height and width of the large image (default 4096)
  --cube N            height and width of the cube that is made larger (default 512, quick 128)
  --limit MIB         what the scenes of the cache may take in memory (default 256, quick 64; four times that on the disk, twice)
  --model ID          only this network; may be repeated
  --size N            only this size of images; may be repeated
  --side N            only this size of the 31-band cubes that networks make four times larger; may be repeated
  --precision NAME    only float32 or bfloat16
  --mode NAME         only forward or training
  --rounds N          how often each contender has its turn (default 5, quick 3)
  --repetitions N     runs in each turn (default 5, quick 3)
  --threads N         for all contenders (default: all cores)
  --no-save           write nothing to bench/results`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    part: { type: 'string', multiple: true },
    image: { type: 'string' },
    cube: { type: 'string' },
    limit: { type: 'string' },
    peer: { type: 'string' },
    against: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    model: { type: 'string', multiple: true },
    size: { type: 'string', multiple: true },
    side: { type: 'string', multiple: true },
    precision: { type: 'string' },
    mode: { type: 'string' },
    rounds: { type: 'string' },
    repetitions: { type: 'string' },
    threads: { type: 'string', default: String(availableParallelism()) },
    'no-save': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const threads = Number(values.threads);
const usual = values.quick ? { turns: 3, warmUp: 1 } : { turns: 5, warmUp: 3 };
const effort: Effort = {
  rounds: Number(values.rounds ?? usual.turns),
  repetitions: Number(values.repetitions ?? usual.turns),
  warmUp: usual.warmUp,
  threads,
};

/** Super-resolution takes a hundred times as long as a reconstruction: fewer runs do, unless they are asked for. */
function effortFor({ scale }: BenchCase): Effort {
  if (scale === 1) return effort;
  return { ...effort, repetitions: Number(values.repetitions ?? 1), warmUp: 1 };
}

function ours(): Contender {
  const worker = fileURLToPath(new URL('./ours.js', import.meta.url));
  return new Contender('ours', process.execPath, [worker], threads);
}

function python(name: string, script: string, ...args: string[]): Contender {
  return new Contender(name, values.python, [join(packageRoot(), 'bench', script), ...args], threads);
}

/** All contenders, each in a process of its own. */
function contenders(): Contender[] {
  const { peer } = values;
  if (peer === undefined) return [ours()];
  const other = (kind: string): Contender => python(kind, 'peer.py', resolve(peer), kind);
  const kinds = ['eager', 'compile'].filter(
    (kind) => values.against === undefined || values.against === kind,
  );
  return [ours(), ...kinds.map(other)];
}

function commit(): string {
  try {
    const options = { cwd: packageRoot(), encoding: 'utf8' as const };
    const changed = execFileSync('git', ['status', '--porcelain', '--untracked-files=no'], options) !== '';
    return (
      execFileSync('git', ['rev-parse', '--short', 'HEAD'], options).trim() + (changed ? '-changed' : '')
    );
  } catch {
    return 'unknown';
  }
}

const parts = ['networks', ...figureCases.map(({ part }) => part)];
const strayPart = values.part?.find((part) => !parts.includes(part));
const isWanted = (part: string): boolean => values.part?.includes(part) ?? true;

async function runNetworks(): Promise<{ rows: Row[]; peak: Record<string, number> }> {
  if (!isWanted('networks')) return { rows: [], peak: {} };
  const judge = ours();
  const peak = await gemmPeak(judge, threads);
  await judge.end();
  for (const [precision, rate] of Object.entries(peak))
    console.log(`GEMM ${precision}: ${rate.toFixed(0)} GFLOP/s`);
  const sizes = values.size?.map(Number) ?? (values.quick ? [128] : undefined);
  const precisions = values.precision === undefined ? undefined : [values.precision as Precision];
  const rows: Row[] = [];
  const sides = values.side?.map(Number) ?? (values.quick ? [32] : undefined);
  const cases = networkCases({ models: values.model, sizes, sides, precisions });
  for (const item of cases.filter(({ mode }) => values.mode === undefined || values.mode === mode)) {
    const racing = contenders();
    const row = rowOf(item, await measure(item, racing, effortFor(item)), peak);
    await Promise.all(racing.map((contender) => contender.end()));
    if (row === null) console.log(`${item.name}: failed`);
    else {
      rows.push(row);
      console.log(table([row]).split('\n').at(-1));
    }
  }
  return { rows, peak };
}

async function runFigures(): Promise<Figure[]> {
  const imageSize = Number(values.image ?? (values.quick ? 1024 : 4096));
  const cubeSize = Number(values.cube ?? (values.quick ? 128 : 512));
  const cacheLimit = Number(values.limit ?? (values.quick ? 64 : 256)) * 2 ** 20;
  const figures: Figure[] = [];
  for (const { part, measure: measureFigure } of figureCases.filter((item) => isWanted(item.part))) {
    const found = await measureFigure({
      effort,
      imageSize,
      cubeSize,
      cacheLimit,
      models: values.model,
      ours,
      python,
    });
    if (found.length === 0) console.log(`${part}: no figure`);
    figures.push(...found);
    for (const figure of found) console.log(figureTable([figure]).split('\n').at(-1));
  }
  return figures;
}

interface Results {
  gemm: Record<string, number>;
  rows: Row[];
  figures: Figure[];
}

/** What was measured before at the same commit, with the new in place of the old. */
function joined(file: string, { gemm, rows, figures }: Results): Results {
  const before: Results = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { gemm: {}, rows: [], figures: [] };
  const others = <T extends { name: string }>(old: T[], now: T[]): T[] =>
    old.filter(({ name }) => !now.some((item) => item.name === name));
  return {
    gemm: { ...before.gemm, ...gemm },
    rows: [...others(before.rows, rows), ...rows],
    figures: [...others(before.figures, figures), ...figures],
  };
}

function save(results: Results): string {
  const date = new Date().toISOString();
  const libtorch = locateLibTorch().version;
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', threads, node: process.version, libtorch };
  const folder = join(packageRoot(), 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${date.slice(0, 10)}-${commit()}-cpu-${libtorch}.json`);
  writeFileSync(
    file,
    `${JSON.stringify({ date, commit: commit(), machine, effort, ...joined(file, results) }, null, 1)}\n`,
  );
  return file;
}

if (values.help) console.log(help);
else if (strayPart !== undefined) {
  console.error(`--part is '${strayPart}': expected one of ${parts.join(', ')}`);
  process.exitCode = 2;
} else {
  const { rows, peak } = await runNetworks();
  const figures = await runFigures();
  if (rows.length > 0) console.log(`\n${table(rows)}`);
  if (figures.length > 0) console.log(`\n${figureTable(figures)}`);
  if (!values['no-save']) console.log(`\n${save({ gemm: peak, rows, figures })}`);
}
