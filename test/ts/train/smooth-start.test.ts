import test from 'tape';
import type { CameraResponse } from '../../../ts/degrade/index.js';
import { fromTypedArray, unssrLoss } from '../../../ts/index.js';
import { failsWith } from '../failure.js';

/** A response of bands x 3 colours; each column is scaled to sum to 255. */
function responseOf(rows: readonly (readonly number[])[]): CameraResponse {
  const sums = [0, 1, 2].map((column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0));
  const table = rows.flatMap((row) => row.map((value, column) => (255 * value) / (sums[column] ?? 1)));
  const wavelengths = rows.map((_, band) => 400 + 10 * band);
  return { name: 'made', source: 'test', wavelengths, table: Float64Array.from(table) };
}

/** The term for one pixel: how far its spectrum is from the smoothest one that has its colours. */
async function distance(spectrum: readonly number[], response: CameraResponse): Promise<number> {
  const bands = spectrum.length;
  const colours = [0, 1, 2].map((column) =>
    spectrum.reduce((sum, value, band) => sum + (value * (response.table[3 * band + column] ?? 0)) / 255, 0),
  );
  const loss = await unssrLoss({ response, perceptual: 0, bandSsim: 0, shift: 'none', smoothStart: 1 });
  const cube = fromTypedArray(Float64Array.from(spectrum), [1, bands, 1, 1], 'float64');
  const image = fromTypedArray(Float64Array.from(colours), [1, 3, 1, 1], 'float64');
  const { total } = await loss(cube, image);
  return Number((await total.toTypedArray())[0]);
}

const five = responseOf([
  [0, 0, 3],
  [0, 2, 4],
  [1, 5, 1],
  [3, 2, 0],
  [4, 0, 0],
]);

test('a constant spectrum is its own smoothest metamer', async (t) => {
  const value = await distance([0.4, 0.4, 0.4, 0.4, 0.4], five);
  t.ok(value < 1e-6, `distance ${value}`);
});

test('three colours settle three bands, whatever their spectrum', async (t) => {
  const three = responseOf([
    [0, 1, 4],
    [1, 5, 1],
    [4, 1, 0],
  ]);
  const value = await distance([0.1, 0.9, 0.3], three);
  t.ok(value < 1e-6, `distance ${value}`);
});

test('a jagged spectrum is far from the smoothest one with its colours', async (t) => {
  t.ok((await distance([0.1, 0.9, 0.1, 0.9, 0.1], five)) > 0.05);
});

test('a share beyond 1 is refused by name', async (t) => {
  await failsWith(
    t,
    unssrLoss({ smoothStart: 1.5 }),
    'CONFIG_LOSS',
    /smoothStart is 1\.5, expected a share from 0 to 1/,
  );
});
