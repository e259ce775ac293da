import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { packageRoot } from '../../ts/package-root.js';
import { type Block, runnableBlocks } from './blocks.js';
import { tinyProject } from './tiny-project.js';

const guides = join(packageRoot(), 'docs', 'guides');
const pages = [
  'README.md',
  ...(existsSync(guides) ? readdirSync(guides).filter((name) => name.endsWith('.md')) : []).map((name) =>
    join('docs', 'guides', name),
  ),
];

const programs: Readonly<Record<string, { ending: string; command: string[] }>> = {
  js: { ending: 'mjs', command: [process.execPath] },
  cjs: { ending: 'cjs', command: [process.execPath] },
  sh: { ending: 'sh', command: ['sh', '-e'] },
};

function runBlock(
  folder: string,
  { language, code, line }: Block,
): { status: number | null; output: string } {
  const program = programs[language];
  if (program === undefined) return { status: 1, output: `nobody knows how to run a block of ${language}` };
  const file = join(folder, `block-${line}.${program.ending}`);
  writeFileSync(file, code);
  const [command = '', ...first] = program.command;
  const { status, stdout, stderr } = spawnSync(command, [...first, file], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 5 * 60_000,
    env: { ...process.env, npm_config_offline: 'true', npm_config_loglevel: 'error' },
  });
  return { status, output: `${stdout}${stderr}` };
}

for (const page of pages) {
  const blocks = runnableBlocks(readFileSync(join(packageRoot(), page), 'utf8'));
  if (blocks.length === 0 && page !== 'README.md') continue;
  test(`every block of ${page} that is marked to run does run`, async (t) => {
    t.ok(blocks.length > 0, 'the page has blocks to run');
    const { folder, remove } = await tinyProject();
    for (const block of blocks) {
      const { status, output } = runBlock(folder, block);
      t.equal(status, 0, `${page}:${block.line} (${block.language}) ends with 0`);
      if (status !== 0) t.comment(output.slice(-3000));
    }
    remove();
  });
}

test("the example on each network's page runs", async (t) => {
  const { folder, remove } = await tinyProject();
  const models = join(packageRoot(), 'docs', 'models');
  const names = readdirSync(models).filter((name) => name.endsWith('.md') && name !== 'README.md');
  const lines: string[] = [];
  for (const name of names) {
    const code = /^## Use\n+```ts\n(.*?)^```/ms.exec(readFileSync(join(models, name), 'utf8'))?.[1];
    t.ok(code !== undefined, `${name} has an example`);
    writeFileSync(join(folder, `${name}.mjs`), code ?? '');
    lines.push(`await import('./${name}.mjs'); console.log('${name} ran');`);
  }
  // One process for all: most of a short example's time is the start.
  const { status, output } = runBlock(folder, { language: 'js', code: lines.join('\n'), line: 0 });
  for (const name of names) t.ok(output.includes(`${name} ran`), name);
  t.equal(status, 0);
  if (status !== 0) t.comment(output.slice(-3000));
  remove();
});

test('links between pages lead to files and headings that exist', (t) => {
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
  for (const page of [...pages, 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md']) {
    const text = readFileSync(join(packageRoot(), page), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)) {
      const [file = '', fragment] = target.split('#');
      const found = file === '' ? page : join(page, '..', file);
      const there = existsSync(join(packageRoot(), found));
      t.ok(there, `${page}: ${target} exists`);
      if (!there || fragment === undefined) continue;
      const headings = readFileSync(join(packageRoot(), found), 'utf8').matchAll(/^#+\s+(.*)$/gm);
      t.ok(
        [...headings].some(([, heading = '']) => slug(heading) === fragment),
        `${page}: ${target} is a heading`,
      );
    }
  }
  t.end();
});

test('a block is made small for the test by the comment before it', (t) => {
  const page =
    'a\n<!-- in the test: "--minutes 10" is "--steps 2" -->\n```sh run\nx --minutes 10\n```\n```sh\nnot this\n```\n';
  t.deepEqual(runnableBlocks(page), [{ language: 'sh', code: 'x --steps 2\n', line: 3 }]);
  t.throws(() => runnableBlocks(page.replace('--minutes 10\n', '\n')), /line 3/);
  t.end();
});
