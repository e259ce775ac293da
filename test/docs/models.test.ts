import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import {
  countOperations,
  createModel,
  listModels,
  type ModelFacts,
  operationsSide,
  operationsSpatialSide,
} from '../../ts/models/index.js';
import { packageRoot } from '../../ts/package-root.js';

const folder = join(packageRoot(), 'docs', 'models');
const [begin, end] = ['<!-- from the registry -->', '<!-- end -->'];

/** A network with what is computed from it. */
interface Known extends ModelFacts {
  parameters: number;
  operations: number;
}

async function known(facts: ModelFacts): Promise<Known> {
  const model = createModel(facts.id);
  try {
    return { ...facts, parameters: model.parametersCount, operations: await countOperations(model) };
  } finally {
    model.dispose();
  }
}

function sizeInWords({ size, sizeDependent }: ModelFacts): string {
  const rule = size.fixed
    ? 'one size, that of the options `imageHeight` and `imageWidth`: smaller images are padded, larger ones cut into tiles'
    : size.multiple === 1
      ? 'any'
      : `any; padded by reflection to multiples of ${size.multiple}`;
  const least = size.minimum > 1 ? `, at least ${size.minimum}` : '';
  return `${rule}${least}${sizeDependent ? '; its response depends on the size, so large images are cut into tiles of the training size' : ''}`;
}

function bandsInWords({ task, bands, options }: ModelFacts): string {
  if (task === 'spatial') {
    if (options.some(({ name }) => name === 'bands')) return 'any number, by the option `bands`';
    return bands.least > 1 ? `any number from ${bands.least} on` : 'any number';
  }
  const side = (count: number): string => (count === 0 ? 'any number' : `${count}`);
  return `${side(bands.in)} in, ${side(bands.out)} out`;
}

interface Row {
  model: string;
  mode: string;
  size: number;
  precision: string;
  ours: { seconds: number };
  ofPeak: number;
  peers: Record<string, { ratio: number }>;
}

interface Results {
  machine: { cpu: string; threads: number };
  rows: Row[];
}

/** The newest committed measurement of a network at the size that its operations are stated for. */
function speedOf(id: string, size: number): string | null {
  const results = join(packageRoot(), 'bench', 'results');
  const files = existsSync(results) ? readdirSync(results).filter((name) => name.endsWith('.json')) : [];
  for (const name of files.sort().reverse()) {
    const { machine, rows } = JSON.parse(readFileSync(join(results, name), 'utf8')) as Results;
    const of = (mode: string): Row | undefined =>
      rows.find(
        (row) => row.model === id && row.mode === mode && row.size === size && row.precision === 'float32',
      );
    const [forward, training] = [of('forward'), of('training')];
    if (forward === undefined) continue;
    const words = ({ ours, ofPeak, peers }: Row): string => {
      const against =
        peers.eager === undefined ? '' : `, ${peers.eager.ratio.toFixed(2)} times as fast as eager PyTorch`;
      return `${(ours.seconds * 1000).toFixed(0)} ms (${Math.round(ofPeak * 100)} % of GEMM peak${against})`;
    };
    const step = training === undefined ? '' : `; training step ${words(training)}`;
    return `forward ${words(forward)}${step}; ${machine.threads} threads of ${machine.cpu}, ${name}`;
  }
  return null;
}

/** What operations and times are stated for. */
function extentOf({ task, options }: ModelFacts): { side: number; words: string } {
  if (task !== 'spatial') return { side: operationsSide, words: `${operationsSide} x ${operationsSide}` };
  const [side, scale] = [operationsSpatialSide, options.find(({ name }) => name === 'scale')?.default];
  return { side, words: `31 x ${side} x ${side}, scale ${scale}` };
}

function factsOf(model: Known): string {
  const presets = model.presets.map((preset) => `\`${preset.name}\``).join(', ');
  const { side, words } = extentOf(model);
  const speed = speedOf(model.id, side);
  const rows: [string, string][] = [
    ['task', model.task],
    ['year', `${model.year}`],
    ['parameters', model.parameters.toLocaleString('en')],
    [`operations at ${words}`, `${(model.operations / 1e9).toFixed(1)} GFLOP`],
    ...(model.scales.length > 0 ? [['scales', model.scales.join(', ')] as [string, string]] : []),
    ['image sizes', sizeInWords(model)],
    ['bands', bandsInWords(model)],
    ...(presets === '' ? [] : [['presets', presets] as [string, string]]),
    ...(speed === null ? [] : [[`measured, float32 at ${words}`, speed] as [string, string]]),
  ];
  return ['| | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
}

function tableOf(models: readonly Known[]): string[] {
  return [
    '| network | year | parameters | GFLOP | bands | paper |',
    '| --- | ---: | ---: | ---: | --- | --- |',
    ...models.map(
      (model) =>
        `| [${model.title}](${model.id}.md) (\`${model.id}\`) | ${model.year} | ${model.parameters.toLocaleString('en')} | ${(model.operations / 1e9).toFixed(1)} | ${bandsInWords(model)} | ${model.paper} |`,
    ),
    '',
  ];
}

function listOf(models: readonly Known[]): string {
  const of = (task: ModelFacts['task']): string[] => tableOf(models.filter((model) => model.task === task));
  return [
    '# Networks',
    '',
    'Made from the registry by `UPDATE_DOCS=1 node dist/test/docs/models.test.js`; a test holds it against it. Operations are two for each',
    'multiplication with addition, of one forward pass.',
    '',
    '## From RGB to many bands',
    '',
    'Operations of 128 x 128 pixels.',
    '',
    ...of('spectral'),
    '## From low to high resolution',
    '',
    'Operations and parameters at scale 4, of a low-resolution cube of 31 x 32 x 32.',
    '',
    ...of('spatial'),
  ].join('\n');
}

/** The page with its facts anew: below the first paragraph, before the first heading of the second level. */
function withFacts(page: string, facts: string): string {
  const block = `${begin}\n${facts}\n${end}\n`;
  const from = page.indexOf(begin);
  if (from >= 0) return `${page.slice(0, from)}${block}${page.slice(page.indexOf(end) + end.length + 1)}`;
  const heading = page.indexOf('\n## ');
  return `${page.slice(0, heading + 1)}${block}\n${page.slice(heading + 1)}`;
}

test('pages and list of networks say what the registry says', async (t) => {
  const update = process.env.UPDATE_DOCS === '1';
  const all: Known[] = [];
  const agree = (file: string, expected: string): void => {
    if (update) writeFileSync(file, expected);
    const found = existsSync(file) ? readFileSync(file, 'utf8') : '';
    t.ok(found === expected, `${file}: UPDATE_DOCS=1 node dist/test/docs/models.test.js makes it anew`);
  };
  for (const facts of listModels()) {
    const model = await known(facts);
    all.push(model);
    const file = join(folder, `${model.id}.md`);
    agree(file, withFacts(readFileSync(file, 'utf8'), factsOf(model)));
  }
  agree(join(folder, 'README.md'), listOf(all));
  const strays = readdirSync(folder).filter(
    (name) => name !== 'README.md' && !all.some(({ id }) => name === `${id}.md`),
  );
  t.deepEqual(strays, [], 'every page belongs to a network');
});
