import test from 'tape';
import { signed } from '../../../ts/golden/rule.js';
import { fromTypedArray, ones, type Tensor, tensor } from '../../../ts/tensor/index.js';
import { near, rejects } from './rejects.js';

function noise(shape: readonly number[], name: string, requiresGrad = false): Tensor<'float64'> {
  const count = shape.reduce((product, size) => product * size, 1);
  return fromTypedArray(Float64Array.from(signed(name, count)), shape, { dtype: 'float64', requiresGrad });
}

test('imresize keeps constants, rounds sizes up and takes any leading dimensions', async (t) => {
  const x = ones([2, 3, 5, 7], { dtype: 'float64' });
  for (const style of ['matlab', 'pillow'] as const) {
    const y = await x.imresize({ scale: 0.5, style });
    t.deepEqual(y.shape, [2, 3, 3, 4], style);
    t.ok(
      (await y.toTypedArray()).every((value) => Math.abs(value - 1) < 1e-12),
      `${style}: constants stay`,
    );
  }
  const same = await x.imresize({ size: [5, 7] });
  t.deepEqual(
    [...(await same.toTypedArray())],
    [...(await x.toTypedArray())],
    'the same size is the same image',
  );
});

test('imresize treats each image of a batch alone, in float32 as in float64', async (t) => {
  const x = noise([3, 18, 21], 'batch');
  const whole = await (await x.imresize({ scale: 3 })).toTypedArray();
  const second = await (await (await x.select(0, 1)).imresize({ scale: 3 })).toTypedArray();
  near(t, second, [...whole.slice(whole.length / 3, (2 * whole.length) / 3)], 'the second of three', 1e-14);
  const narrow = await (await (await x.to('float32')).imresize({ scale: 3 })).toTypedArray();
  near(t, narrow, [...whole], 'float32', 2e-7);
});

test('imresize carries gradients back: its adjoint in both styles', async (t) => {
  for (const style of ['matlab', 'pillow'] as const) {
    for (const size of [[6, 19] as const, [20, 5] as const]) {
      const x = noise([11, 13], 'input', true);
      const y = await x.imresize({ size, style });
      const weights = noise(size, 'weights');
      await y.backward({ gradient: weights });
      // For a linear map A: <A x, w> = <x, A^T w>.
      const left = await (await (await y.mul(weights)).sum()).item();
      const right = await (await (await x.mul(x.grad as Tensor<'float64'>)).sum()).item();
      near(t, [Number(left)], [Number(right)], `${style} ${size}`, 1e-12);
    }
  }
});

test('imresize refuses what it cannot do, by name', async (t) => {
  const x = ones([4, 4]);
  await rejects(t, () => x.imresize({}), 'TENSOR_PARAMETER', ['size', 'scale'], 'neither size nor scale');
  await rejects(t, () => x.imresize({ scale: 2, size: 3 }), 'TENSOR_PARAMETER', ['size', 'scale'], 'both');
  await rejects(t, () => x.imresize({ scale: -1 }), 'TENSOR_PARAMETER', ['scale', '-1'], 'a negative scale');
  await rejects(t, () => x.imresize({ size: 0 }), 'TENSOR_PARAMETER', ['size'], 'no size');
  const style = 'opencv' as 'matlab';
  await rejects(t, () => x.imresize({ scale: 2, style }), 'TENSOR_PARAMETER', ['opencv', 'pillow'], 'style');
  await rejects(t, () => tensor([1, 2]).imresize({ scale: 2 }), 'TENSOR_SHAPE', ['height'], 'one dimension');
});
