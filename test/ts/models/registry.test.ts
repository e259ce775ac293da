import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { createModel, listModels } from '../../../ts/models/index.js';
import { root } from '../shared-folder.js';

const headings = [
  'What it does',
  'Input and output',
  'Options',
  'Use',
  'Train',
  'Faithfulness',
  'Deviations',
  'Citation',
];

const golden = join(root, 'test', 'golden');

/** The lists of the authors' keys of a network, and the options that they belong to: `edsr-x2.keys.txt` to scale 2. */
function keyFiles(id: string): { file: string; options: Record<string, number> }[] {
  return readdirSync(golden).flatMap((file) => {
    const [, name, scale] = /^(.*?)(?:-x(\d))?\.keys\.txt$/.exec(file) ?? [];
    return name === id ? [{ file, options: scale === undefined ? {} : { scale: Number(scale) } }] : [];
  });
}

for (const facts of listModels()) {
  const { id } = facts;

  test(`${id}: the head comment has its five fields`, (t) => {
    const source = readFileSync(join(root, 'cpp', 'models', `${id}.cpp`), 'utf8');
    const head = source.slice(0, source.search(/^#include/m));
    for (const field of ['Paper', 'Reference', 'Input', 'Output', 'Deviations']) {
      t.match(head, new RegExp(`^// ${field}: \\S`, 'm'), field);
    }
    t.end();
  });

  test(`${id}: its page has the fixed headings and names every option with its default`, (t) => {
    const page = readFileSync(join(root, 'docs', 'models', `${id}.md`), 'utf8');
    const found = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    t.deepEqual(found, headings, 'headings');
    for (const option of facts.options) {
      t.ok(
        page.includes(`| \`${option.name}\` | ${JSON.stringify(option.default)} |`),
        `option ${option.name}`,
      );
    }
    t.end();
  });

  test(`${id}: keys are the authors', in their order`, { skip: facts.closedForm }, (t) => {
    const files = keyFiles(id);
    t.ok(files.length > 0, 'golden files belong to it');
    for (const { file, options } of files) {
      const listed = readFileSync(join(golden, file), 'utf8').trim().replaceAll(', ', ',').split('\n');
      const model = createModel(id, options);
      const state = [...model.state()].filter(([key]) => listed.some((line) => line.startsWith(`${key} `)));
      const optional = [...model.state().keys()].filter((key) => !state.some(([known]) => known === key));
      t.ok(
        optional.every((key) => facts.optionalKeys.includes(key)),
        `${file}: keys of ours alone: ${optional.join(', ') || 'none'}`,
      );
      const own = state.map(([key, { dtype, shape }]) => `${key} ${dtype} [${shape.join()}]`);
      t.deepEqual(own, listed, file);
      model.dispose();
    }
    t.end();
  });

  test(`${id}: every unused pattern names a parameter`, (t) => {
    const model = createModel(id);
    const keys = [...model.state().keys()];
    for (const pattern of facts.unused) {
      const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^.]+')}$`);
      t.ok(
        keys.some((key) => expression.test(key)),
        pattern,
      );
    }
    t.ok(model.parametersCount > 0, `${model.parametersCount} parameters`);
    model.dispose();
    t.end();
  });
}
