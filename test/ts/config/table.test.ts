import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'tape';
import { readConfigFile } from '../../../ts/config/file.js';
import { readFlags } from '../../../ts/config/flags.js';
import { helpOf, referenceOf } from '../../../ts/config/help.js';
import {
  checkedOptions,
  evaluateTable,
  reconstructTable,
  trainTable,
  upscalingTable,
} from '../../../ts/config/index.js';
import { readEvery } from '../../../ts/config/settings.js';
import { nearest } from '../../../ts/config/suggest.js';
import { flagOf } from '../../../ts/config/table.js';
import { HyperliftError } from '../../../ts/errors.js';

function failure(run: () => unknown): HyperliftError {
  try {
    run();
  } catch (error) {
    if (error instanceof HyperliftError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('flags become typed values', (t) => {
  const line =
    '--model mstpp --paradigm supervised --steps 20 --lr 4e-4 --checkpoint-every 3m --no-augment --option width=12 --option heads=1,2,4 --option norm=true';
  t.deepEqual(readFlags(trainTable, line.split(' ')), {
    model: 'mstpp',
    paradigm: 'supervised',
    steps: 20,
    lr: 4e-4,
    checkpointEvery: '3m',
    augment: false,
    modelOptions: { width: 12, heads: [1, 2, 4], norm: true },
  });
  t.deepEqual(readFlags(reconstructTable, ['a.png', '--uncertainty', 'b.png']), {
    images: ['a.png', 'b.png'],
    uncertainty: true,
  });
  t.end();
});

test('an unknown flag is refused by name with the nearest right one', (t) => {
  const error = failure(() => readFlags(trainTable, ['--paradim', 'supervised']));
  t.equal(error.code, 'CONFIG_UNKNOWN');
  t.match(error.message, /--paradim\b.*did you mean --paradigm\?/);
  t.match(failure(() => readFlags(trainTable, ['--no-steps'])).message, /--no-steps/);
  t.match(failure(() => readFlags(trainTable, ['scenes'])).message, /'scenes'/);
  t.end();
});

test('an ill-typed flag is refused with what was expected', (t) => {
  for (const [line, expected] of [
    ['--steps many', /--steps is 'many'; expected a whole number from 1/],
    ['--steps 0', /--steps is '0'/],
    ['--steps 1.5', /--steps is '1.5'/],
    ['--lr=-1', /--lr is '-1'; expected a number above 0/],
    ['--paradigm unsupervized', /did you mean unsupervised\?/],
    ['--checkpoint-every 2h', /of minutes such as 2m/],
    ['--option width', /name=value/],
  ] as const) {
    const error = failure(() => readFlags(trainTable, line.split(' ')));
    t.equal(error.code, 'CONFIG_TYPE', line);
    t.match(error.message, expected, line);
  }
  const forgotten = failure(() => readFlags(trainTable, ['--out', '--steps', '3']));
  t.equal(forgotten.code, 'CONFIG_MISSING', 'a flag is never taken for the value of the one before');
  t.match(forgotten.message, /--out needs a value/);
  const twice = failure(() => readFlags(trainTable, ['--data', 'a', '--data', 'b']));
  t.equal(twice.code, 'CONFIG_CONFLICT', 'the first of two values is not lost in silence');
  t.match(twice.message, /--data is given twice/);
  t.end();
});

test('the options of a call are checked by name, type and as a whole', (t) => {
  const unknown = failure(() => checkedOptions(trainTable, { epoch: 3 } as object));
  t.equal(unknown.code, 'CONFIG_UNKNOWN');
  t.match(unknown.message, /'epoch'; did you mean epochs\?/);
  t.match(failure(() => checkedOptions(trainTable, { batch: '2' } as object)).message, /'batch' is '2'/);
  t.equal(failure(() => checkedOptions(trainTable, { seed: Number.NaN })).code, 'CONFIG_TYPE');
  const conflict = failure(() => checkedOptions(trainTable, { steps: 3, minutes: 1 }));
  t.equal(conflict.code, 'CONFIG_CONFLICT');
  t.match(conflict.message, /'steps' and option 'minutes'/);
  t.equal(failure(() => checkedOptions(evaluateTable, { data: 'x' })).code, 'CONFIG_MISSING');
  const checked = checkedOptions(trainTable, { batch: 4 });
  t.deepEqual([checked.batch, checked.model, checked.seed], [4, 'sfformer', 0], 'defaults are filled in');
  t.end();
});

test('a configuration file is read by the same table', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'hyperlift-'));
  const file = join(folder, 'run.json');
  const read = async (words: string): Promise<unknown> => {
    await writeFile(file, words);
    return readConfigFile(trainTable, file).catch(
      (error: HyperliftError) => `${error.code} ${error.message}`,
    );
  };
  t.deepEqual(await read('{"steps": 5, "modelOptions": {"width": 12}}'), {
    steps: 5,
    modelOptions: { width: 12 },
  });
  t.match(
    String(await read('{"stepz": 5}')),
    /^CONFIG_UNKNOWN.*'stepz' in .*run\.json; did you mean steps\?$/,
  );
  t.match(String(await read('{"steps": "5"}')), /^CONFIG_TYPE 'steps' in .*run\.json is '5'/);
  t.match(String(await read('{"steps": ')), /^CONFIG_FILE.*run\.json is not JSON/);
  t.match(String(await read('[]')), /^CONFIG_TYPE.*run\.json/);
  await rm(folder, { recursive: true });
  t.match(String(await readConfigFile(trainTable, file).catch((error) => error.message)), /is not there/);
});

test('help and reference name every option of a table', (t) => {
  for (const table of [trainTable, evaluateTable, reconstructTable]) {
    const [help, reference] = [helpOf(table), referenceOf(table)];
    const lost = Object.keys(table.options).filter(
      (name) => !help.includes(`-${flagOf(table, name)}`) || !reference.includes(`\`${name}\``),
    );
    t.deepEqual(lost, [], table.command);
    t.ok(help.includes(table.examples[0]?.line ?? '-'), 'help ends with examples');
    t.ok(
      help.split('\n').every((line) => line.length <= 110),
      'lines fit a terminal',
    );
  }
  t.end();
});

test('help says what a --no- switch does, and shows a list as it is typed', (t) => {
  t.match(helpOf(evaluateTable), /--no-pictures +do not write/);
  t.match(helpOf(upscalingTable), /scales to compare at \[4,8\]/);
  t.end();
});

test('intervals and near names', (t) => {
  t.deepEqual(
    [readEvery(500), readEvery('20'), readEvery('1.5m')],
    [{ steps: 500 }, { steps: 20 }, { minutes: 1.5 }],
  );
  t.equal(nearest('checkpoint-every', ['checkpointEvery', 'validateEvery']), 'checkpointEvery');
  t.equal(nearest('zzzzzz', ['steps', 'batch']), undefined);
  t.end();
});
