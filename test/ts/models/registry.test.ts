import { existsSync, readFileSync } from 'node:fs';
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
    const listed = readFileSync(join(root, 'test', 'golden', `${id}.keys.txt`), 'utf8');
    const model = createModel(id);
    const own = [...model.state()].map(([key, { dtype, shape }]) => `${key} ${dtype} [${shape.join()}]`);
    t.deepEqual(own, listed.trim().replaceAll(', ', ',').split('\n'));
    model.dispose();
    t.end();
  });

  test(`${id}: a golden file belongs to it`, { skip: facts.closedForm }, (t) => {
    t.ok(existsSync(join(root, 'test', 'golden', `${id}.safetensors`)));
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
