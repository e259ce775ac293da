import { defineTable } from '../config/table.js';
import { type Console, defineCommand } from './command.js';

const table = defineTable({
  command: 'models',
  summary: 'list the networks',
  about:
    'Each with its task, parameters and operations (of one forward pass of 128 x 128 pixels) with default options, size rule, year, ' +
    'title and paper; --json has options too.',
  examples: [
    { does: 'all of them', line: 'hyperlift models' },
    { does: 'with their options, for a machine', line: 'hyperlift models --json' },
  ],
  options: {},
});

/** `hyperlift models` */
export const command = defineCommand(table, async (_options, console) => {
  const { countOperations, createModel, listModels } = await import('../models/index.js');
  const models = [];
  for (const facts of listModels()) {
    const model = createModel(facts.id);
    const parameters = model.parametersCount;
    models.push({ ...facts, parameters, operations: await countOperations(model) });
    model.dispose();
  }
  if (console.json) console.event(models);
  else show(models, console);
  return undefined;
});

type Listed = Pick<
  import('../models/index.js').ModelFacts,
  'id' | 'task' | 'title' | 'year' | 'size' | 'paper'
> & {
  parameters: number;
  operations: number;
};

function sizesOf({ multiple, fixed }: Listed['size']): string {
  if (fixed) return 'any (in tiles of one size)';
  return multiple === 1 ? 'any' : `any (padded to multiples of ${multiple})`;
}

function show(models: readonly Listed[], console: Console): void {
  const head = ['id', 'task', 'parameters', 'GFLOP', 'sizes', 'year', 'title', 'paper'];
  const rows = models.map(({ id, task, parameters, operations, size, year, title, paper }) => [
    id,
    task,
    parameters.toLocaleString('en'),
    (operations / 1e9).toFixed(1),
    sizesOf(size),
    `${year}`,
    title,
    paper,
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)));
  for (const row of [head, ...rows]) {
    console.print(
      row
        .map((cell, i) => (i === 2 || i === 3 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    );
  }
}
