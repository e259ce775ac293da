import test from 'tape';
import { arange, fromTypedArray, zeros } from '../../../ts/tensor/index.js';
import { near, rejects } from './rejects.js';

const six = () => arange(6).reshape([2, 3]); // 0 1 2 / 3 4 5

test('views show the right values under the right shape', async (t) => {
  const x = six();
  const cases: [string, ReturnType<typeof six>, number[], number[]][] = [
    ['slice', x.slice(1, { start: 1 }), [2, 2], [1, 2, 4, 5]],
    ['slice with a step', x.slice(1, { step: 2 }), [2, 2], [0, 2, 3, 5]],
    ['slice from the end', x.slice(-1, { start: -1 }), [2, 1], [2, 5]],
    ['slice beyond the end', x.slice(0, { start: 1, end: 99 }), [1, 3], [3, 4, 5]],
    ['empty slice', x.slice(0, { start: 2 }), [0, 3], []],
    ['select', x.select(0, 1), [3], [3, 4, 5]],
    ['permute', x.permute(1, 0), [3, 2], [0, 3, 1, 4, 2, 5]],
    ['transpose', x.transpose(), [3, 2], [0, 3, 1, 4, 2, 5]],
    ['reshape with -1', x.reshape([3, -1]), [3, 2], [0, 1, 2, 3, 4, 5]],
    ['reshape of a transposed tensor', x.transpose().reshape([6]), [6], [0, 3, 1, 4, 2, 5]],
    ['view', x.view([6]), [6], [0, 1, 2, 3, 4, 5]],
    ['unsqueeze', x.unsqueeze(1), [2, 1, 3], [0, 1, 2, 3, 4, 5]],
    ['squeeze', x.reshape([1, 2, 1, 3]).squeeze(), [2, 3], [0, 1, 2, 3, 4, 5]],
    ['squeeze of one dimension', x.reshape([1, 2, 1, 3]).squeeze(0), [2, 1, 3], [0, 1, 2, 3, 4, 5]],
    ['expand', x.slice(0, { end: 1 }).expand([2, -1]), [2, 3], [0, 1, 2, 0, 1, 2]],
    ['flatten', x.flatten(), [6], [0, 1, 2, 3, 4, 5]],
    ['unflatten', x.flatten().unflatten(0, [3, 2]), [3, 2], [0, 1, 2, 3, 4, 5]],
    ['diagonal', x.diagonal(1), [2], [1, 5]],
    ['unfold', x.select(0, 0).unfold(0, 2), [2, 2], [0, 1, 1, 2]],
  ];
  for (const [title, found, shape, values] of cases) {
    t.deepEqual(found.shape, shape, `${title}: shape`);
    near(t, await found.toTypedArray(), values, `${title}: values`);
  }
  t.deepEqual(
    arange(5)
      .split(2)
      .map((part) => part.shape),
    [[2], [2], [1]],
    'split into pieces of one size',
  );
  t.deepEqual(
    arange(5)
      .split([1, 4])
      .map((part) => part.shape),
    [[1], [4]],
    'split into given sizes',
  );
});

test('a view shares values with its tensor and outlives its handle', async (t) => {
  const x = six();
  const turned = x.transpose();
  t.ok(x.isContiguous, 'row-major');
  t.notOk(turned.isContiguous, 'a transposed view is not');
  x.dispose();
  near(t, await turned.toTypedArray(), [0, 3, 1, 4, 2, 5], 'still there');
  near(t, await (await turned.add(1)).toTypedArray(), [1, 4, 2, 5, 3, 6], 'computes without a copy');
  t.ok((await turned.contiguous()).isContiguous, 'contiguous lays it out anew');
});

test('views of every dtype work', async (t) => {
  const u = fromTypedArray(new Uint16Array([1, 2, 3, 65535]), [2, 2]);
  t.deepEqual(await u.transpose().toTypedArray(), new Uint16Array([1, 3, 2, 65535]));
  t.deepEqual(zeros([0, 3]).transpose().shape, [3, 0], 'an empty tensor');
});

test('views that do not fit are refused by name', async (t) => {
  const x = six();
  await rejects(t, () => x.select(0, 2), 'TENSOR_INDEX', ['select', '[2, 3]'], 'index');
  await rejects(t, () => x.slice(2), 'TENSOR_INDEX', ['slice', '[2, 3]'], 'dimension');
  await rejects(t, () => x.slice(0, { step: 0 }), 'TENSOR_PARAMETER', ['slice', 'step', '0'], 'step');
  await rejects(t, () => x.permute(0), 'TENSOR_SHAPE', ['permute', '[2, 3]'], 'too few dimensions');
  await rejects(t, () => x.permute(0, 5), 'TENSOR_INDEX', ['permute', '5'], 'no such dimension');
  await rejects(t, () => x.reshape([4]), 'TENSOR_SHAPE', ['reshape', '[2, 3]', '[4]'], 'elements');
  await rejects(t, () => x.transpose().view([6]), 'TENSOR_SHAPE', ['view', 'reshape'], 'strides');
  await rejects(t, () => x.expand([4, 3]), 'TENSOR_SHAPE', ['expand', '[2, 3]'], 'expand');
  await rejects(t, () => x.split([1, 2]), 'TENSOR_SHAPE', ['split', '[2, 3]'], 'split');
  await rejects(t, () => x.select(0, 0.5), 'TENSOR_PARAMETER', ['select', 'index', 'whole'], 'fraction');
  x.dispose();
  await rejects(t, () => x.flatten(), 'TENSOR_DISPOSED', ['disposed'], 'disposed');
});
