import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { commands } from '../../ts/cli/commands.js';
import { cameraTable } from '../../ts/config/index.js';
import { referenceOf } from '../../ts/config/help.js';
import type { Option } from '../../ts/config/option.js';
import { type Recipe, recipes } from '../../ts/train/recipes.js';
import { packageRoot } from '../../ts/package-root.js';

const page = join(packageRoot(), 'docs', 'options.md');

/** What `--recipe` stands for, side by side. */
function recipeTable(): string[] {
  const { unsupervised, supervised, spatial } = recipes;
  const columns = [unsupervised, supervised, spatial].flatMap((kind) => [kind.default, kind.published]);
  const shown = (value: unknown): string =>
    typeof value === 'object' ? JSON.stringify(value) : String(value);
  const rows = (Object.keys(columns[0] ?? {}) as (keyof Recipe)[]).map(
    (name) => `| \`${name}\` | ${columns.map((recipe) => shown(recipe[name])).join(' | ')} |`,
  );
  const head =
    '| | unsupervised, default | unsupervised, published | supervised, default | supervised, published | spatial, default | spatial, published |';
  return [
    head,
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    'A warm-up below 1 is a part of the run.',
  ];
}

/** What a camera (`--camera`) can hold. */
function cameraSteps(): string[] {
  const rows = Object.entries(cameraTable.options).map(([name, option]) => {
    const {
      doc,
      expected,
      defaultDoc = 'default' in option ? String(option.default) : '',
    } = option as Option<unknown>;
    return `| \`${name}\` | ${expected} | ${defaultDoc} | ${doc.replaceAll('|', '\\|')} |`;
  });
  return [
    'What the JSON of `--camera` holds, in the order in which the steps are taken; a step that is not named is left out.',
    '',
    '| key | value | default | |',
    '| --- | --- | --- | --- |',
    ...rows,
  ];
}

/** The page as the option tables have it. */
async function generated(): Promise<string> {
  const parts = [
    '# Options of every command',
    '',
    'Made from the option tables in `ts/config` and `ts/cli` by `UPDATE_DOCS=1 node dist/test/docs/options.test.js`; a test',
    'holds it against them. The same names are keys of a configuration file (`--config`) and of the functions in scripts.',
    'Every command also takes `--config FILE`, `--json`, `--verbose` and `--help`.',
  ];
  for (const [name, load] of Object.entries(commands)) {
    const { table } = (await load()).command;
    parts.push('', `## ${name}`, '', `\`hyperlift ${name}\`: ${table.summary}.`);
    if (table.about !== undefined) parts.push('', table.about);
    if (Object.keys(table.options).length > 0) parts.push('', referenceOf(table).trimEnd());
  }
  parts.push('', '## Cameras', '', ...cameraSteps());
  parts.push('', '## Recipes', '', ...recipeTable());
  return `${parts.join('\n')}\n`;
}

test('docs/options.md says what the option tables say', async (t) => {
  const text = await generated();
  if (process.env.UPDATE_DOCS === '1') writeFileSync(page, text);
  t.ok(existsSync(page) && readFileSync(page, 'utf8') === text, 'UPDATE_DOCS=1 makes it anew');
});
