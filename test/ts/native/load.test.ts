import { spawnSync } from 'node:child_process';
import test from 'tape';
import { errorFor, HyperliftError, TensorError } from '../../../ts/errors.js';
import { native } from '../../../ts/native/index.js';

test('the addon and LibTorch agree on their version', (t) => {
  const { libtorch, config } = native().versions();
  t.match(libtorch, /^2\.\d+\.\d+$/, libtorch);
  t.ok(config.includes(`TORCH_VERSION=${libtorch}`), 'the library says the same');
  t.end();
});

test('loading twice gives the same addon', (t) => {
  t.equal(native(), native());
  t.end();
});

test('devices begin with the CPU, and auto is one of them', (t) => {
  const devices = native().devices();
  t.equal(devices[0], 'cpu');
  t.ok(devices.includes(native().resolveDevice('auto')));
  if (devices.length === 1) t.comment('SKIP cuda: this machine has no CUDA device');
  t.end();
});

test('native errors are ours, with code and class', (t) => {
  try {
    native().resolveDevice('nowhere');
    t.fail('nothing was thrown');
  } catch (error) {
    t.ok(error instanceof TensorError && error instanceof HyperliftError, 'a TensorError');
    t.equal((error as TensorError).code, 'TENSOR_DEVICE');
    t.equal((error as TensorError).name, 'TensorError');
  }
  t.equal(errorFor('DATA_X', 'm').name, 'DataError', 'the family of a code decides the class');
  t.end();
});

test('a handle cannot be made or faked from JavaScript', (t) => {
  const handle = native().fromTypedArray(new Float32Array(1), [1], 'float32', 'cpu');
  const Handle = Reflect.get(handle, 'constructor') as new (...values: unknown[]) => unknown;
  t.throws(() => new Handle(), /directly/);
  t.throws(() => new Handle(handle), /directly/);
  const fake = Object.create(Object.getPrototypeOf(handle));
  t.throws(() => native().view('flatten', [fake], {}, true), /expected a tensor/);
  handle.dispose();
  t.end();
});

function load(environment: Record<string, string>): string {
  const code = `import(${JSON.stringify(new URL('../../../ts/native/index.js', import.meta.url).href)})
    .then(({ native }) => native())
    .then(() => console.log('loaded'), (error) => console.log(error.code + ': ' + error.message))`;
  const child = spawnSync(process.execPath, ['-e', code], {
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  });
  return child.stdout + child.stderr;
}

test('a LIBTORCH that holds none is named before anything is loaded', (t) => {
  t.match(load({ LIBTORCH: '/nowhere/libtorch' }), /^LIBTORCH_MISSING: .*\/nowhere\/libtorch/);
  t.end();
});
