import test from 'tape';
import { createModel, modelFacts, optionsFromAuthors } from '../../../ts/models/index.js';
import { fromTypedArray, noGrad, type Tensor, tidy } from '../../../ts/tensor/index.js';
import { failsWith } from '../failure.js';
import { difference, filledModel, image, inferred } from './probes.js';

/** Bands 4 to L - 5 and the pixels that are 6 or more away from the sides. */
function inner(cube: Tensor): Tensor {
  const [, bands = 0, height = 0, width = 0] = cube.shape;
  return cube
    .slice(1, { start: 4, end: bands - 4 })
    .slice(2, { start: 6, end: height - 6 })
    .slice(3, { start: 6, end: width - 6 });
}

test('fcnn3d keeps the size, and inside the border its numbers are those without padding', async (t) => {
  await tidy(async () => {
    const [bands, height, width] = [11, 17, 15];
    const cube = image([1, bands, height, width]);
    const whole = await filledModel('fcnn3d', { scale: 1 });
    const published = await filledModel('fcnn3d', { scale: 1, padding: 0 });
    const full = await noGrad(() => whole.forward(cube));
    t.deepEqual(full.shape, cube.shape);
    const valid = await noGrad(() => published.forward(cube));
    t.deepEqual(valid.shape, [1, bands - 8, height - 12, width - 12]);
    const values = (await inner(full).toTypedArray()) as Float32Array;
    t.ok(difference(values, await valid.toTypedArray()) < 1e-5, 'inside the border');
    await failsWith(
      t,
      published.forward(image([1, 9, 12, 13])),
      'TENSOR_SHAPE',
      /found an enlarged cube of shape \[1, 9, 12, 13\], expected more than 12 in dimension 2/,
    );
  });
});

test('fcnn3d continues a cube by its mirror image, edge repeated', async (t) => {
  await tidy(async () => {
    const cube = image([1, 5, 2, 13]);
    const values = await cube.toTypedArray();
    const mirrored = (size: number, reach: number): number[] =>
      Array.from({ length: size + 2 * reach }, (_, i) => {
        const at = (i - reach + 8 * size) % (2 * size);
        return Math.min(at, 2 * size - 1 - at);
      });
    t.deepEqual(mirrored(5, 4), [3, 2, 1, 0, 0, 1, 2, 3, 4, 4, 3, 2, 1]);
    const [bands, rows, columns] = [mirrored(5, 4), mirrored(2, 6), mirrored(13, 6)];
    const continued = bands.flatMap((band) =>
      rows.flatMap((row) => columns.map((column) => values[(2 * band + row) * 13 + column] ?? 0)),
    );
    const shape = [1, bands.length, rows.length, columns.length];
    const published = await filledModel('fcnn3d', { scale: 1, padding: 0 });
    const expected = await inferred(
      published,
      fromTypedArray(Float32Array.from(continued), shape, 'float32'),
    );
    const found = await inferred(await filledModel('fcnn3d', { scale: 1 }), cube);
    t.ok(difference(found, expected) < 1e-6);
  });
});

test('fcnn3d is made of other layers by their widths and kernels', async (t) => {
  await tidy(async () => {
    const model = await filledModel('fcnn3d', { scale: 2, widths: [8, 1], kernels: [3, 5, 5, 1, 3, 3] });
    t.equal((await inferred(model, image([2, 3, 4, 5]))).length, 2 * 3 * 8 * 10);
    const wrong = async (options: object): Promise<void> => createModel('fcnn3d', { ...options }).dispose();
    await failsWith(t, wrong({ widths: [8, 1] }), 'MODEL_OPTION', /three odd sides for each width/);
    await failsWith(t, wrong({ padding: 2 }), 'MODEL_OPTION', /padding is 2, expected 0 or 1/);
  });
});

test('the published kernels of fcnn3d, a list of lists, are read as one list', (t) => {
  const { options, rest } = optionsFromAuthors(modelFacts('fcnn3d'), {
    filters: [8, 1],
    kernels: [
      [3, 5, 5],
      [1, 3, 3],
    ],
  });
  t.deepEqual(options, { widths: [8, 1], kernels: [3, 5, 5, 1, 3, 3] });
  t.deepEqual(rest, {});
  t.end();
});
