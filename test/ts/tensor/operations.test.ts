import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { native } from '../../../ts/native/index.js';
import { packageRoot } from '../../../ts/package-root.js';
import {
  arange,
  cat,
  type DType,
  dtypeBytes,
  einsum,
  fromTypedArray,
  full,
  ones,
  rand,
  stack,
  type Tensor,
  tensor,
  where,
  zeros,
} from '../../../ts/tensor/index.js';
import { near, rejects } from './rejects.js';

const values = async (x: Promise<Tensor>) => {
  const array = await (await x).toTypedArray();
  return Array.from(array as ArrayLike<number | bigint>, Number);
};

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

test('arithmetic follows the numbers, with broadcasting', async (t) => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const row = tensor([10, 20, 30]);
  const column = tensor([[1], [2]]);
  near(t, await values(x.add(row)), [11, 22, 33, 14, 25, 36], 'add a row');
  near(t, await values(x.sub(column)), [0, 1, 2, 2, 3, 4], 'subtract a column');
  near(t, await values(x.mul(2)), [2, 4, 6, 8, 10, 12], 'times a number');
  near(t, await values(x.div(row)), [0.1, 0.1, 0.1, 0.4, 0.25, 0.2], 'divide');
  near(t, await values(x.pow(2)), [1, 4, 9, 16, 25, 36], 'pow');
  near(t, await values(tensor([-7, 7]).remainder(3)), [2, 1], 'remainder has the sign of the divisor');
  near(t, await values(tensor([1, nan]).maximum(2)), [2, nan], 'maximum keeps NaN');
  near(t, await values(tensor([1, 5]).minimum(2)), [1, 2], 'minimum');
  near(t, await values(tensor([1]).atan2(tensor([-1]))), [(3 * Math.PI) / 4], 'atan2');
  near(t, await values(tensor([0, 10]).lerp(tensor([10, 20]), 0.5)), [5, 15], 'lerp');
  near(t, await values(zeros([0, 3]).add(row)), [], 'empty stays empty');
  near(t, await values(tensor([1, -1, 0]).div(0)), [inf, -inf, nan], 'division by zero');
});

test('comparison and logic give bool', async (t) => {
  const x = tensor([1, 2, nan]);
  const cases: [keyof Tensor & ('eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'), number[]][] = [
    ['eq', [0, 1, 0]],
    ['ne', [1, 0, 1]],
    ['lt', [1, 0, 0]],
    ['le', [1, 1, 0]],
    ['gt', [0, 0, 0]],
    ['ge', [0, 1, 0]],
  ];
  for (const [op, expected] of cases) {
    const found = await x[op](2);
    t.equal(found.dtype, 'bool', `${op} is bool`);
    near(t, await values(x[op](2)), expected, op);
  }
  const [yes, no] = [tensor([1, 1, 0, 0]), tensor([1, 0, 1, 0])];
  near(t, await values(yes.logicalAnd(no)), [1, 0, 0, 0], 'and');
  near(t, await values(yes.logicalOr(no)), [1, 1, 1, 0], 'or');
  near(t, await values(yes.logicalXor(no)), [0, 1, 1, 0], 'xor');
  near(t, await values(yes.logicalNot()), [0, 0, 1, 1], 'not');
  near(t, await values(x.isNaN()), [0, 0, 1], 'isNaN');
  near(t, await values(tensor([1, inf]).isFinite()), [1, 0], 'isFinite');
  near(t, await values(tensor([-2, 0.5, 2]).clamp({ min: -1, max: 1 })), [-1, 0.5, 1], 'clamp');
  near(t, await values(x.nanToNum(9)), [1, 2, 9], 'nanToNum');
  near(t, await values(where(await x.gt(1), x, 0)), [0, 2, 0], 'where with a number');
});

test('functions of an element agree with Math', async (t) => {
  const math: [keyof Math & keyof Tensor, number[]][] = [
    ['abs', [-1.5, 2]],
    ['sign', [-1.5, 0, 2]],
    ['floor', [-1.5, 1.5]],
    ['ceil', [-1.5, 1.5]],
    ['trunc', [-1.5, 1.5]],
    ['exp', [-1, 0, 2]],
    ['expm1', [1e-7, 1]],
    ['log', [0.5, 3]],
    ['log2', [0.5, 3]],
    ['log10', [0.5, 3]],
    ['log1p', [1e-7, 3]],
    ['sqrt', [0, 2]],
    ['sin', [-1, 1]],
    ['cos', [-1, 1]],
    ['tan', [-1, 1]],
    ['asin', [-0.5, 1]],
    ['acos', [-0.5, 1]],
    ['atan', [-5, 1]],
    ['sinh', [-1, 1]],
    ['cosh', [-1, 1]],
    ['tanh', [-1, 1]],
  ];
  for (const [name, inputs] of math) {
    const call = Math[name] as (x: number) => number;
    const x = tensor(inputs, { dtype: 'float64' });
    const result = (await (x[name] as () => Promise<Tensor>)()) as Tensor;
    near(t, await values(Promise.resolve(result)), inputs.map(call), name, 1e-12);
  }
  const x = tensor([-2, 0, 2], { dtype: 'float64' });
  const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));
  near(t, await values(x.sigmoid()), [-2, 0, 2].map(sigmoid), 'sigmoid');
  near(
    t,
    await values(x.silu()),
    [-2, 0, 2].map((v) => v * sigmoid(v)),
    'silu',
  );
  near(t, await values(x.relu()), [0, 0, 2], 'relu');
  near(t, await values(x.leakyRelu(0.1)), [-0.2, 0, 2], 'leakyRelu');
  near(t, await values(x.elu()), [Math.expm1(-2), 0, 2], 'elu');
  near(
    t,
    await values(x.softplus()),
    [-2, 0, 2].map((v) => Math.log1p(Math.exp(v))),
    'softplus',
  );
  near(t, await values(x.erf()), [-0.9953222650189527, 0, 0.9953222650189527], 'erf');
  near(t, await values(x.gelu()), [-0.04550026389635842, 0, 1.9544997361036416], 'gelu');
  near(
    t,
    await values(x.neg()),
    [2, 0, -2].map((v) => v + 0),
    'neg',
  );
  near(t, await values(x.square()), [4, 0, 4], 'square');
  near(t, await values(tensor([4, 0.25]).rsqrt()), [0.5, 2], 'rsqrt');
  near(t, await values(tensor([4]).reciprocal()), [0.25], 'reciprocal');
  near(t, await values(tensor([0.5, 1.5, 2.5]).round()), [0, 2, 2], 'round to even');
});

test('reductions go over everything or over dimensions', async (t) => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 9],
  ]);
  near(t, await values(x.sum()), [24], 'sum');
  near(t, await values(x.sum({ dim: 0 })), [5, 7, 12], 'sum of columns');
  near(t, await values(x.sum({ dim: [0, 1], keepDim: true })), [24], 'sum of both');
  t.deepEqual((await x.sum({ dim: 1, keepDim: true })).shape, [2, 1], 'keepDim');
  near(t, await values(x.mean({ dim: -1 })), [2, 6], 'mean of rows');
  near(t, await values(x.prod({ dim: 1 })), [6, 180], 'prod');
  near(t, await values(x.min()), [1], 'min');
  near(t, await values(x.max({ dim: 0 })), [4, 5, 9], 'max');
  near(t, await values(x.std({ dim: 1 })), [1, Math.sqrt(7)], 'std of a sample');
  near(t, await values(x.variance({ dim: 1, correction: 0 })), [2 / 3, 14 / 3], 'variance of the whole');
  near(t, await values(x.norm()), [Math.sqrt(136)], 'norm');
  near(t, await values(x.norm({ order: 1, dim: 1 })), [6, 18], 'norm of order 1');
  near(t, await values(x.norm({ order: inf })), [9], 'largest');
  near(t, await values(tensor([1000, 1000]).logSumExp()), [1000 + Math.log(2)], 'logSumExp');
  near(t, await values(x.median({ dim: 1 })), [2, 5], 'median');
  near(t, await values(x.quantile(0.5)), [3.5], 'quantile');
  near(t, await values(x.argmax()), [5], 'argmax of everything');
  near(t, await values(x.argmin({ dim: 1 })), [0, 0], 'argmin');
  near(t, await values(x.cumsum(1)), [1, 3, 6, 4, 9, 18], 'cumsum');
  t.equal(await (await (await x.gt(0)).all()).item(), true, 'all');
  t.equal(await (await (await x.gt(8)).any()).item(), true, 'any');
  t.equal(await (await tensor([1, nan]).max()).item(), nan, 'NaN is passed on');
  t.equal(
    await (await fromTypedArray(new Uint8Array([200, 200]), [2]).sum()).item(),
    400n,
    'bytes sum to int64',
  );
  t.equal(await (await zeros([0]).sum()).item(), 0, 'the sum of nothing is 0');
  t.equal(await (await zeros([0]).mean()).item(), nan, 'the mean of nothing is NaN');
  t.equal(await (await full([1], 5).mean()).item(), 5, 'one element');
  await rejects(t, () => zeros([0]).max(), 'TENSOR_INDEX', ['max', '[0]'], 'the maximum of nothing');
  await rejects(t, () => x.sum({ dim: 2 }), 'TENSOR_INDEX', ['sum', '[2, 3]', '2'], 'no such dimension');
  await rejects(
    t,
    () => arange(3, undefined, { dtype: 'int32' }).mean(),
    'TENSOR_DTYPE',
    ['mean', 'int32'],
    'mean of integers',
  );
});

test('sorting and selecting', async (t) => {
  const x = tensor([
    [3, 1, 2],
    [6, 5, 4],
  ]);
  const sorted = await x.sort({ descending: true });
  near(t, await sorted.values.toTypedArray(), [3, 2, 1, 6, 5, 4], 'sorted');
  t.deepEqual(await sorted.indices.toTypedArray(), new BigInt64Array([0n, 2n, 1n, 0n, 1n, 2n]));
  near(t, await values(x.argsort({ dim: 0 })), [0, 0, 0, 1, 1, 1], 'argsort');
  near(t, await (await x.topk(2)).values.toTypedArray(), [3, 2, 6, 5], 'topk');
  near(t, await (await tensor([2, nan, 1]).sort()).values.toTypedArray(), [1, 2, nan], 'NaN is largest');
  near(t, await values(tensor([2, 1, 2]).unique()), [1, 2], 'unique');
  near(t, await values(tensor([0, 7, 8]).nonzero()), [1, 2], 'nonzero');
  near(t, await values(x.gather(1, sorted.indices)), [3, 2, 1, 6, 5, 4], 'gather');
  const columns = fromTypedArray(new Int32Array([2, 0]), [2]);
  near(t, await values(x.indexSelect(1, columns)), [2, 3, 4, 6], 'indexSelect');
  near(t, await values(x.maskedSelect(await x.gt(3))), [6, 5, 4], 'maskedSelect');
  await rejects(t, () => x.topk(4), 'TENSOR_INDEX', ['topk', '[2, 3]'], 'k too large');
  await rejects(t, () => x.gather(1, x as unknown as Tensor<'int64'>), 'TENSOR_DTYPE', ['gather'], 'indices');
  const far = fromTypedArray(new Int32Array([9]), [1]);
  await rejects(t, () => x.indexSelect(0, far), 'TENSOR_INDEX', ['indexSelect'], 'index out of range');
});

test('joining, repeating and turning', async (t) => {
  const x = arange(4).reshape([2, 2]);
  near(t, await values(cat([x, x], 1)), [0, 1, 0, 1, 2, 3, 2, 3], 'cat');
  t.deepEqual((await stack([x, x, x])).shape, [3, 2, 2], 'stack');
  near(t, await values(x.repeat([1, 2])), [0, 1, 0, 1, 2, 3, 2, 3], 'repeat');
  near(t, await values(x.flip(1)), [1, 0, 3, 2], 'flip');
  near(t, await values(x.roll(1, 0)), [2, 3, 0, 1], 'roll');
  near(t, await values(x.rot90()), [1, 3, 0, 2], 'rot90');
  near(t, await values(x.tril()), [0, 0, 2, 3], 'tril');
  near(t, await values(x.triu(1)), [0, 1, 0, 0], 'triu');
  near(t, await values(x.clone()), [0, 1, 2, 3], 'clone');
  await rejects(t, () => cat([]), 'TENSOR_PARAMETER', ['cat', 'one or more'], 'nothing to join');
  await rejects(t, () => cat([x, zeros([3, 3])]), 'TENSOR_SHAPE', ['cat', '[2, 2]', '[3, 3]'], 'sizes');
});

test('products, convolution and resampling', async (t) => {
  const a = tensor([
    [1, 2],
    [3, 4],
  ]);
  near(
    t,
    await values(
      a.matmul(
        tensor([
          [1, 0],
          [1, 1],
        ]),
      ),
    ),
    [3, 2, 7, 4],
    'matmul',
  );
  near(t, await values(a.linear(tensor([[1, 1]]), tensor([10]))), [13, 17], 'linear');
  near(t, await values(einsum('ij,kj->ik', [a, a])), [5, 11, 11, 25], 'einsum');
  const image = arange(9).reshape([1, 1, 3, 3]);
  near(t, await values(image.conv2d(ones([1, 1, 3, 3]))), [36], 'conv2d');
  const cross = tensor([
    [
      [
        [0, 1, 0],
        [1, 0, 1],
        [0, 1, 0],
      ],
    ],
  ]);
  near(
    t,
    await values(image.conv2d(cross, { padding: 'same', bias: tensor([1]) })),
    [5, 7, 7, 11, 17, 15, 11, 19, 13],
    'same padding',
  );
  t.deepEqual((await image.conv2d(cross, { stride: 2, padding: 1 })).shape, [1, 1, 2, 2], 'stride');
  t.deepEqual(
    (await image.convTranspose2d(ones([1, 2, 2, 2]), { stride: 2 })).shape,
    [1, 2, 6, 6],
    'convTranspose2d',
  );
  near(t, await values(image.interpolate({ size: [1, 3], mode: 'area' })), [3, 4, 5], 'area');
  t.deepEqual((await image.interpolate({ scale: 2, mode: 'bicubic' })).shape, [1, 1, 6, 6], 'twice the size');
  near(
    t,
    await values(image.pad([1, 0, 0, 0], { mode: 'reflect' })),
    [1, 0, 1, 2, 4, 3, 4, 5, 7, 6, 7, 8],
    'reflect',
  );
  near(t, await values(image.avgPool2d(3)), [4], 'avgPool2d');
  near(t, await values(image.maxPool2d([1, 3])), [2, 5, 8], 'maxPool2d');
  near(t, await values(image.adaptiveAvgPool2d(1)), [4], 'adaptiveAvgPool2d');
  const shuffled = await (await arange(4).reshape([1, 4, 1, 1]).pixelShuffle(2)).pixelUnshuffle(2);
  near(t, await shuffled.toTypedArray(), [0, 1, 2, 3], 'pixelShuffle and back');
  near(t, await values(tensor([0, Math.log(3)]).softmax()), [0.25, 0.75], 'softmax');
  near(
    t,
    await values(tensor([0, Math.log(3)]).logSoftmax()),
    [Math.log(0.25), Math.log(0.75)],
    'logSoftmax',
  );
  near(t, await values(tensor([3, 4]).normalize()), [0.6, 0.8], 'normalize');
  near(
    t,
    await values(tensor([1, 3]).layerNorm([2], { weight: tensor([2, 2]), bias: tensor([1, 1]), epsilon: 0 })),
    [-1, 3],
    'layerNorm',
  );
});

test('what does not fit is refused with the operation, the shapes and what was expected', async (t) => {
  const x = zeros([2, 3]);
  await rejects(
    t,
    () => x.add(zeros([2, 4])),
    'TENSOR_SHAPE',
    ['add', '[2, 3]', '[2, 4]', 'broadcast'],
    'add',
  );
  await rejects(t, () => x.matmul(x), 'TENSOR_SHAPE', ['matmul', '[2, 3]', '[..., n, k]'], 'matmul');
  await rejects(t, () => x.conv2d(x), 'TENSOR_SHAPE', ['conv2d', '[2, 3]', 'height'], 'conv2d rank');
  const image = zeros([1, 3, 4, 4]);
  await rejects(
    t,
    () => image.conv2d(zeros([8, 2, 3, 3])),
    'TENSOR_SHAPE',
    ['conv2d', '3 channels', '[8, 2, 3, 3]'],
    'conv2d channels',
  );
  await rejects(
    t,
    () => image.conv2d(zeros([8, 3, 9, 9])),
    'TENSOR_SHAPE',
    ['conv2d', '9'],
    'kernel too large',
  );
  const double = zeros([3, 2], { dtype: 'float64' }) as unknown as Tensor<'float32'>;
  await rejects(t, () => x.matmul(double), 'TENSOR_DTYPE', ['matmul', 'float32', 'float64'], 'matmul dtypes');
  await rejects(
    t,
    () => image.interpolate({}),
    'TENSOR_PARAMETER',
    ['interpolate', 'size', 'scale'],
    'no size',
  );
  await rejects(t, () => image.interpolate({ scale: 0 }), 'TENSOR_PARAMETER', ['scale', '0'], 'scale 0');
  const mode = 'lanczos' as 'area';
  await rejects(
    t,
    () => image.interpolate({ scale: 2, mode }),
    'TENSOR_PARAMETER',
    ['lanczos', 'bicubic'],
    'mode',
  );
  await rejects(t, () => image.pad([1, 1, 1]), 'TENSOR_SHAPE', ['pad'], 'odd pads');
  await rejects(t, () => x.softmax(5), 'TENSOR_INDEX', ['softmax', '[2, 3]'], 'softmax');
  await rejects(t, () => x.clamp({}), 'TENSOR_PARAMETER', ['clamp', 'min', 'max'], 'clamp');
  await rejects(t, () => x.add('2' as unknown as number), 'TENSOR_EXPECTED', ['add', '2'], 'a string');
  await rejects(t, () => x.add(null as unknown as number), 'TENSOR_EXPECTED', ['add', 'null'], 'null');
  await rejects(
    t,
    () => where(x as unknown as Tensor<'bool'>, x, x),
    'TENSOR_DTYPE',
    ['where', 'bool'],
    'condition',
  );
  await rejects(t, () => einsum('ij,jk', [x, x]), 'TENSOR_SHAPE', ['einsum', '[2, 3]'], 'einsum');
  await rejects(t, () => x.item(), 'TENSOR_SHAPE', ['item', '[2, 3]', 'one'], 'item of many');
  await rejects(
    t,
    () => x.layerNorm([3], { bias: zeros([3]) }),
    'TENSOR_PARAMETER',
    ['layerNorm', 'bias'],
    'bias alone',
  );
  await rejects(
    t,
    () => native().compute('noSuch', [], undefined, true),
    'TENSOR_OPERATION_UNKNOWN',
    ['noSuch'],
    'operation',
  );
});

test('numbers never change a dtype, tensors meet as Promote says', async (t) => {
  const int = fromTypedArray(new Int32Array([1]), [1]);
  t.equal((await int.add(2)).dtype, 'int32', 'a whole number');
  t.equal((await int.div(2)).dtype, 'float32', 'division gives fractions');
  await rejects(t, () => int.add(0.5), 'TENSOR_DTYPE', ['add', 'int32', '0.5'], 'a fraction');
  await rejects(
    t,
    () => fromTypedArray(new Uint8Array(1), [1]).mul(256),
    'TENSOR_DTYPE',
    ['uint8', '256'],
    'range',
  );
  const names = Object.keys(dtypeBytes) as DType[];
  const order: DType[] = [
    'bool',
    'uint8',
    'uint16',
    'int16',
    'int32',
    'int64',
    'float16',
    'bfloat16',
    'float32',
    'float64',
  ];
  const expected = (a: DType, b: DType): DType => {
    const pair = new Set([a, b]);
    if (pair.has('float16') && pair.has('bfloat16')) return 'float32';
    if (pair.has('uint16') && pair.has('int16')) return 'int32';
    return order.indexOf(a) > order.indexOf(b) ? a : b;
  };
  for (const a of names) {
    for (const b of names) {
      const sum = await ones([1], { dtype: a }).add(ones([1], { dtype: b }));
      t.equal(sum.dtype, expected(a, b), `${a} and ${b}`);
    }
  }
});

test('uint16 computes, though LibTorch has few kernels for it', async (t) => {
  const u = fromTypedArray(new Uint16Array([1, 65535, 3]), [3]);
  const all: [string, Promise<Tensor>, DType, number[]][] = [
    ['add wraps', u.add(1), 'uint16', [2, 0, 4]],
    ['maximum', u.maximum(2), 'uint16', [2, 65535, 3]],
    ['max', u.max(), 'uint16', [65535]],
    ['clamp', u.clamp({ max: 7 }), 'uint16', [1, 7, 3]],
    ['lt', u.lt(3), 'bool', [1, 0, 0]],
    ['div', u.div(2), 'float32', [0.5, 32767.5, 1.5]],
    ['sum', u.sum(), 'int64', [65539]],
    ['sqrt', u.square().then((x) => x.sqrt()), 'float32', [1, 1, 3]],
    ['to float32', u.to('float32'), 'float32', [1, 65535, 3]],
    ['with int16', u.add(fromTypedArray(new Int16Array([-1]), [1])), 'int32', [0, 65534, 2]],
  ];
  for (const [title, result, dtype, expected] of all) {
    t.equal((await result).dtype, dtype, `${title}: dtype`);
    near(t, await values(result), expected, title);
  }
});

test('operations run in the order of their calls, awaited or not', async (t) => {
  const x = rand([64, 64], { seed: 1 });
  const order: number[] = [];
  const slow = x.matmul(x).then(() => order.push(1));
  const quick = x
    .select(0, 0)
    .add(1)
    .then(() => order.push(2));
  await Promise.all([quick, slow]);
  t.deepEqual(order, [1, 2]);
});

test('each operation of the table is called by a method or function of ts/tensor', (t) => {
  const folder = join(packageRoot(), 'ts', 'tensor');
  const text = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  const known = native().operations();
  t.ok(known.length > 120, `${known.length} operations`);
  const unreached = known.filter((name) => !text.includes(`'${name}'`));
  t.deepEqual(unreached, []);
  t.end();
});
