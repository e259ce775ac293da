/** Types are checked when the tests are compiled: a line below a `@ts-expect-error` that is no error fails the build. */
import test from 'tape';
import type { TrainEvent, TrainOptions, TrainResult, train } from '../../ts/index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T | undefined => undefined;

holds<Equal<TrainOptions['paradigm'], 'supervised' | 'unsupervised' | undefined>>();
holds<Equal<TrainOptions['steps'], number | undefined>>();
holds<Equal<TrainOptions['checkpointEvery'], string | number | undefined>>();
holds<Equal<Parameters<typeof train>[0], TrainOptions | undefined>>();
holds<Equal<TrainResult['files']['best'], string>>();

const good: TrainOptions = {
  model: 'sfformer',
  data: 'scenes',
  modelOptions: { width: 12, norm: true, heads: [1, 2] },
  onProgress: (event) => {
    if (event.type === 'step') holds<Equal<typeof event.losses, Record<string, number>>>();
    if (event.type === 'validation') holds<Equal<typeof event.selection, 'psnr' | 'total'>>();
  },
};

const bad: TrainOptions[] = [
  // @ts-expect-error an unknown option
  { epoch: 3 },
  // @ts-expect-error a word that is no paradigm
  { paradigm: 'semisupervised' },
  // @ts-expect-error a number is no text
  { model: 5 },
];

const kinds: TrainEvent['type'][] = [
  'start',
  'notice',
  'measure',
  'step',
  'validation',
  'checkpoint',
  'done',
];

test('the types of train() hold', (t) => {
  t.equal(bad.length, 3);
  t.ok(good.onProgress !== undefined && kinds.length === 7);
  t.end();
});
