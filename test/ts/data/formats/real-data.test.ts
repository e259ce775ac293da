import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import type { CubeData } from '../../../../ts/data/cube.js';
import { cubeInfo, formatOf, readCube } from '../../../../ts/data/formats/index.js';
import { readRgb } from '../../../../ts/data/formats/pictures/rgb-image.js';
import { sharedFolder } from '../../shared-folder.js';

interface Expected {
  shape: [number, number, number];
  dtype: string;
  wavelengths_nm: number[] | null;
  min: number;
  max: number;
  mean: number;
  std: number;
  spot: { band: number; row: number; col: number; value: number }[];
  band_mean: Record<string, number>;
  full_scale?: number;
}

const pack = sharedFolder('data', 'pack');
const near = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));

async function expectations(): Promise<{ cubes: Record<string, Expected>; rgb: Record<string, Expected> }> {
  return JSON.parse(await readFile(join(pack ?? '', 'expected.json'), 'utf8'));
}

function statistics(cube: Pick<CubeData, 'data'>): { min: number; max: number; mean: number; std: number } {
  let [min, max, sum, squares] = [Infinity, -Infinity, 0, 0];
  for (const value of cube.data) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  const mean = sum / cube.data.length;
  for (const value of cube.data) squares += (value - mean) ** 2;
  return { min, max, mean, std: Math.sqrt(squares / cube.data.length) };
}

function compare(t: test.Test, found: Omit<CubeData, 'bands'> & { bands: number }, expected: Expected): void {
  t.same([found.bands, found.height, found.width], expected.shape, 'shape');
  t.equal(found.dtype, expected.dtype, 'dtype');
  t.same(found.wavelengths, expected.wavelengths_nm, 'wavelengths');
  if (expected.full_scale !== undefined) t.equal(found.fullScale, expected.full_scale, 'full scale');
  const { min, max, mean, std } = statistics(found);
  t.ok(min === expected.min && max === expected.max, `range ${min} to ${max}`);
  t.ok(near(mean, expected.mean), `mean ${mean}`);
  t.ok(near(std, expected.std), `deviation ${std}`);
  const plane = found.height * found.width;
  const spots = expected.spot.map(({ band, row, col }) => found.data[band * plane + row * found.width + col]);
  t.same(
    spots,
    expected.spot.map(({ value }) => value),
    'values at spots',
  );
  const bandMean = (band: number) =>
    statistics({ data: found.data.subarray(band * plane, (band + 1) * plane) }).mean;
  t.ok(
    Object.entries(expected.band_mean).every(([band, value]) => near(bandMean(Number(band)), value)),
    'means of the first, middle and last band',
  );
}

test('every real cube whose container is read has the values other readers found', async (t) => {
  if (pack === null) return t.skip('the folder ../shared/data/pack is not there');
  const { cubes } = await expectations();
  const unread: string[] = [];
  for (const [name, expected] of Object.entries(cubes)) {
    const path = join(pack, name);
    if ((await formatOf(path)) === null) {
      unread.push(name);
      continue;
    }
    const cube = await readCube(path);
    t.comment(`${name}: ${cube.origin.format}, ${cube.origin.variable ?? ''} ${cube.origin.axes ?? ''}`);
    compare(t, cube, expected);
    const { variables: _, ...info } = await cubeInfo(path);
    const { data: __, ...facts } = cube;
    t.same(facts, info, 'info says the same without reading the values');
  }
  t.same(unread, [], 'no container is left out');
});

test('every real RGB picture has the values other readers found', async (t) => {
  if (pack === null) return t.skip('the folder ../shared/data/pack is not there');
  const { rgb } = await expectations();
  for (const [name, expected] of Object.entries(rgb)) {
    const [file = '', variable] = name.split(':');
    const found = await readRgb(join(pack, file), variable === undefined ? {} : { variable });
    t.comment(name);
    compare(t, found, expected);
  }
});
