import test from 'tape';
import { fromTypedArray, rand, type Tensor, zeros } from '../../../ts/tensor/index.js';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
// Compiles only when the type argument is true.
function holds<T extends true>(): T | undefined {
  return undefined;
}

test('the static dtypes say what the values are', async (t) => {
  const bytes = fromTypedArray(new Uint8Array([1]), [1]);
  const shorts = fromTypedArray(new Uint16Array([1]), [1]);
  const halves = fromTypedArray(new Uint16Array([1]), [1], 'float16');
  const sum = await bytes.add(shorts);
  const quotient = await bytes.div(2);
  const total = await shorts.sum();
  const compared = await bytes.lt(shorts);
  const array = await halves.toTypedArray();
  const count = await total.item();
  holds<Same<typeof bytes, Tensor<'uint8'>>>();
  holds<Same<typeof shorts, Tensor<'uint16'>>>();
  holds<Same<typeof sum, Tensor<'uint16'>>>();
  holds<Same<typeof quotient, Tensor<'float32'>>>();
  holds<Same<typeof total, Tensor<'int64'>>>();
  holds<Same<typeof compared, Tensor<'bool'>>>();
  holds<Same<typeof array, Uint16Array>>();
  holds<Same<typeof count, bigint>>();
  t.deepEqual(
    [sum.dtype, quotient.dtype, total.dtype, compared.dtype, array.constructor, typeof count],
    ['uint16', 'float32', 'int64', 'bool', Uint16Array, 'bigint'],
  );
});

test('mistakes that types can see do not compile', (t) => {
  // @ts-expect-error the values of float32 are no Int32Array
  t.throws(() => fromTypedArray(new Int32Array(1), [1], 'float32'), /Int32Array/);
  // @ts-expect-error random values need a floating dtype
  t.throws(() => rand([1], { dtype: 'int32' }), /int32/);
  // @ts-expect-error a requirement of the dtype's name
  t.throws(() => zeros([1], { dtype: 'float' }), /float/);
  t.end();
});
