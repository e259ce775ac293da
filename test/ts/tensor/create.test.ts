import test from 'tape';
import type { DType } from '../../../ts/native/types.js';
import {
  arange,
  eye,
  fromTypedArray,
  full,
  linspace,
  ones,
  rand,
  randint,
  randn,
  randperm,
  tensor,
  zeros,
} from '../../../ts/tensor/index.js';
import { near, rejects } from './rejects.js';

const samples = {
  uint8: new Uint8Array([0, 255]),
  int16: new Int16Array([-32768, 32767]),
  uint16: new Uint16Array([0, 65535]),
  int32: new Int32Array([-2147483648, 2147483647]),
  int64: new BigInt64Array([-9007199254740993n, 9223372036854775807n]),
  float16: new Uint16Array([0x3c00, 0xc000]),
  bfloat16: new Uint16Array([0x3f80, 0xc000]),
  float32: new Float32Array([-0.5, Number.NaN]),
  float64: new Float64Array([Math.PI, Number.NEGATIVE_INFINITY]),
  bool: new Uint8Array([0, 1]),
};

test('every dtype goes in and comes out with the same values and typed array', async (t) => {
  for (const [name, data] of Object.entries(samples)) {
    const dtype = name as DType;
    const made = fromTypedArray(data, [2], { dtype });
    t.equal(made.dtype, dtype, `${dtype} is the dtype`);
    const back = await made.toTypedArray();
    t.equal(back.constructor, data.constructor, `${dtype} array`);
    t.deepEqual(Buffer.from(back.buffer), Buffer.from(data.buffer), `${dtype} values, NaN too`);
    t.notEqual(back.buffer, data.buffer, `${dtype} is a copy`);
  }
});

test('the dtype of an array is its own unless told otherwise', async (t) => {
  t.equal(fromTypedArray(new Uint8ClampedArray([1]), [1]).dtype, 'uint8');
  t.equal(fromTypedArray(new Uint16Array([1]), []).dtype, 'uint16');
  t.equal(fromTypedArray(Buffer.from([1, 2]), [2]).dtype, 'uint8', 'a Buffer is bytes');
  const half = fromTypedArray(new Uint16Array([0x3800]), [1], 'float16');
  t.equal(await half.item(), 0.5, 'float16 bits');
  const brain = fromTypedArray(new Uint16Array([0x4049]), [1], 'bfloat16');
  t.equal(await brain.item(), 3.140625, 'bfloat16 bits');
  const shared = new Float32Array(new SharedArrayBuffer(8));
  shared[1] = 3;
  near(t, await fromTypedArray(shared, [2]).toTypedArray(), [0, 3], 'memory shared with workers is read');
  const part = new Float32Array([1, 2, 3, 4]).subarray(1, 3);
  near(t, await fromTypedArray(part, [2]).toTypedArray(), [2, 3], 'a part of a buffer');
});

test('bytes of a bool tensor are true unless 0', async (t) => {
  const flags = fromTypedArray(new Uint8Array([0, 2, 255]), [3], 'bool');
  t.deepEqual(await flags.toTypedArray(), new Uint8Array([0, 1, 1]));
  t.equal(await flags.select(0, 1).item(), true);
});

test('values that do not fill the shape, or do not fit the dtype, are refused', async (t) => {
  const three = new Float32Array(3);
  await rejects(t, () => fromTypedArray(three, [2, 2]), 'TENSOR_SHAPE', ['3 values', '4', '[2, 2]'], 'count');
  await rejects(t, () => fromTypedArray(three, [-1, 3]), 'TENSOR_SHAPE', ['[-1, 3]'], 'negative size');
  await rejects(t, () => fromTypedArray(three, [1.5]), 'ADDON_ARGUMENT', ['shape', '1.5'], 'fraction');
  const wrong = { dtype: 'int32' } as unknown as { dtype: 'float32' };
  await rejects(
    t,
    () => fromTypedArray(three, [3], wrong),
    'TENSOR_DTYPE',
    ['Float32Array', 'int32'],
    'array',
  );
  const unknown = 'complex' as 'float32';
  await rejects(
    t,
    () => fromTypedArray(three, [3], unknown),
    'TENSOR_DTYPE',
    ['complex', 'bfloat16'],
    'dtype',
  );
  const list = [1, 2, 3] as unknown as Float32Array;
  await rejects(t, () => fromTypedArray(list, [3]), 'TENSOR_DTYPE', ['typed array'], 'no typed array');
  await rejects(t, () => zeros([1], { device: 'tpu' }), 'TENSOR_DEVICE', ['tpu', 'cpu'], 'device');
  await rejects(
    t,
    () => zeros([1], { device: 'cuda:99' }),
    'TENSOR_DEVICE',
    ['cuda:99'],
    'no such CUDA device',
  );
  await rejects(t, () => zeros([1e6, 1e6, 1e3]), 'RUN_OUT_OF_MEMORY', ['memory'], 'more than any memory');
});

test('nested numbers make a tensor, ragged ones do not', async (t) => {
  const made = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  t.deepEqual(made.shape, [2, 3]);
  near(t, await made.toTypedArray(), [1, 2, 3, 4, 5, 6], 'row-major');
  t.deepEqual(tensor(7).shape, [], 'a number is a scalar');
  t.deepEqual(tensor([]).shape, [0], 'an empty array is empty');
  t.deepEqual(tensor([[], []]).shape, [2, 0], 'two empty rows');
  await rejects(t, () => tensor([[1], [2, 3]]), 'TENSOR_SHAPE', ['depth 1', '1 elements'], 'ragged');
  await rejects(t, () => tensor([1, [2]]), 'TENSOR_SHAPE', ['depth 1'], 'mixed depth');
  await rejects(t, () => tensor([0.5], { dtype: 'uint8' }), 'TENSOR_DTYPE', ['uint8'], 'fractions');
});

test('filled and counted tensors hold what they say', async (t) => {
  near(t, await zeros([2]).toTypedArray(), [0, 0], 'zeros');
  near(t, await ones([2]).toTypedArray(), [1, 1], 'ones');
  t.deepEqual(
    await full([2], 9007199254740993n, { dtype: 'int64' }).toTypedArray(),
    new BigInt64Array(2).fill(9007199254740993n),
  );
  t.deepEqual(await full([1], true, { dtype: 'bool' }).toTypedArray(), new Uint8Array([1]));
  near(t, await arange(3).toTypedArray(), [0, 1, 2], 'arange of one number');
  near(t, await arange(1, 2, { step: 0.25 }).toTypedArray(), [1, 1.25, 1.5, 1.75], 'arange with a step');
  near(t, await arange(3, 0, { step: -1 }).toTypedArray(), [3, 2, 1], 'arange downwards');
  t.deepEqual(await arange(2, 4, { dtype: 'uint16' }).toTypedArray(), new Uint16Array([2, 3]));
  near(t, await linspace(0, 1, 3).toTypedArray(), [0, 0.5, 1], 'linspace');
  near(t, await eye(2).toTypedArray(), [1, 0, 0, 1], 'eye');
  t.equal(zeros([0, 5]).size, 0, 'an empty tensor');
  t.deepEqual(await zeros([0, 5]).toTypedArray(), new Float32Array(0), 'without values');
  t.equal(zeros([]).rank, 0, 'a scalar');
  await rejects(
    t,
    () => full([1], 0.5, { dtype: 'int16' }),
    'TENSOR_DTYPE',
    ['0.5', 'int16'],
    'fraction in integers',
  );
  await rejects(
    t,
    () => arange(0, 3, { step: -1 }),
    'TENSOR_PARAMETER',
    ['step', '-1'],
    'step away from the end',
  );
  await rejects(
    t,
    () => linspace(0, 1, 3, { dtype: 'int32' as 'float32' }),
    'TENSOR_DTYPE',
    ['int32'],
    'linspace of integers',
  );
});

test('a seed fixes random values, another seed changes them', async (t) => {
  for (const make of [rand, randn]) {
    const first = await make([50], { seed: 7 }).toTypedArray();
    t.deepEqual(await make([50], { seed: 7 }).toTypedArray(), first, `${make.name}: same seed`);
    t.notDeepEqual(await make([50], { seed: 8 }).toTypedArray(), first, `${make.name}: other seed`);
    t.notDeepEqual(await make([50]).toTypedArray(), first, `${make.name}: no seed`);
  }
  const uniform = await rand([2000], { seed: 1 }).toTypedArray();
  t.ok(
    uniform.every((value) => value >= 0 && value < 1),
    'rand lies in [0, 1)',
  );
  const spread = await (await randn([4000], { seed: 1 }).std()).item();
  t.ok(Math.abs(spread - 1) < 0.05, 'randn has deviation 1');
  const whole = await randint(-2, 2, [200], { seed: 3 }).toTypedArray();
  t.deepEqual([...new Set(whole)].sort(), [-1n, -2n, 0n, 1n], 'randint takes low and leaves high out');
  const order = await randperm(20, { seed: 5 }).toTypedArray();
  t.deepEqual(
    [...order].map(Number).sort((a, b) => a - b),
    [...Array(20).keys()],
    'randperm is a permutation',
  );
  await rejects(t, () => rand([1], { seed: -1 }), 'TENSOR_PARAMETER', ['seed', '-1'], 'negative seed');
  await rejects(t, () => randint(3, 3, [1]), 'TENSOR_PARAMETER', ['low 3', 'high 3'], 'empty range');
  await rejects(
    t,
    () => rand([1], { dtype: 'int32' as 'float32' }),
    'TENSOR_DTYPE',
    ['int32'],
    'rand of integers',
  );
});
