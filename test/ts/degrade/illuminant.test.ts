import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import {
  type CameraResponse,
  cameraResponse,
  illuminant,
  lightResponse,
  resampleResponse,
} from '../../../ts/degrade/index.js';
import { failsWith } from '../failure.js';
import { withFolder } from '../temporary-folder.js';

const usual = Array.from({ length: 31 }, (_, i) => 400 + 10 * i);
const cie = async () => resampleResponse(await cameraResponse(), usual);

function columnSums({ table }: CameraResponse): number[] {
  return [0, 1, 2].map((channel) => table.reduce((sum, v, i) => (i % 3 === channel ? sum + v : sum), 0));
}

test("illuminants by name have the CIE's published values", async (t) => {
  const at = [400, 450, 560, 600, 700];
  const published: [name: string, powers: number[]][] = [
    ['D50', [49.31, 87.25, 100, 97.69, 91.6]],
    ['D55', [60.95, 97.99, 100, 94.42, 82.84]],
    ['D65', [82.75, 117.01, 100, 90.01, 71.61]],
    ['D75', [101.93, 133.01, 100, 87.23, 65.08]],
    ['A', [14.71, 33.09, 100, 129.04, 198.26]],
    ['2856K', [14.71, 33.09, 100, 129.04, 198.26]],
    ['E', [100, 100, 100, 100, 100]],
  ];
  for (const [name, powers] of published) {
    const found = (await illuminant(name)).at(at);
    // The lamp A is a black body at 2856 K only to rounding of the temperature.
    const within = name.endsWith('K') ? 0.07 : 0.05;
    t.ok(
      powers.every((power, i) => Math.abs(power - (found[i] ?? 0)) < within),
      `${name}: ${found.join(' ')}`,
    );
  }
  const [d6504 = 0] = (await illuminant('D6504')).at([450]);
  t.ok(Math.abs(d6504 - 117.01) < 0.1, 'D<kelvin> takes the temperature as it stands');
});

test('a black body has its peak where Wien puts it', async (t) => {
  const at = Array.from({ length: 1200 }, (_, i) => 300 + i);
  for (const kelvin of [3000, 5000, 8000]) {
    const power = (await illuminant(`${kelvin}K`)).at(at);
    const peak = at[power.indexOf(Math.max(...power))] ?? 0;
    t.ok(Math.abs(peak - 2.897771955e6 / kelvin) <= 1, `${kelvin} K: ${peak} nm`);
  }
});

test('what is no illuminant is refused by name', async (t) => {
  await failsWith(t, illuminant('D66x'), 'CONFIG_VALUE', /'D66x'.*D65.*3200K/);
  await failsWith(t, illuminant('D3000'), 'CONFIG_VALUE', /3000 K/);
  await failsWith(t, illuminant('400K'), 'CONFIG_VALUE', /400 K/);
  await failsWith(t, illuminant('none/lamp.csv'), 'DATA_MISSING', /lamp\.csv/);
});

test('under a light, white stays white, or takes its colour', async (t) => {
  const response = await cie();
  const lamp = await illuminant('A');
  const balanced = lightResponse(response, lamp);
  t.ok(
    columnSums(balanced).every((sum) => Math.abs(sum - 255) < 1e-9),
    'columns sum to 255',
  );
  t.equal(balanced.name, 'cie1964 under A');
  const power = lamp.at(usual);
  const green = usual.map((_, i) => (response.table[3 * i + 1] ?? 0) * (power[i] ?? 0));
  const sum = green.reduce((a, b) => a + b, 0);
  t.ok(
    green.every((v, i) => Math.abs((balanced.table[3 * i + 1] ?? 0) - (255 * v) / sum) < 1e-9),
    'each row is weighed by its power',
  );
  const [red = 0, middle = 0, blue = 0] = columnSums(lightResponse(response, lamp, { whiteBalance: false }));
  t.ok(Math.abs(red - 255) < 1e-9 && red > middle && middle > blue, `${red} ${middle} ${blue}`);
  const expected = sum / usual.reduce((all, _, i) => all + (response.table[3 * i] ?? 0) * (power[i] ?? 0), 0);
  t.ok(Math.abs(middle / red - expected) < 1e-12, 'the ratio is that under the light over that under E');
  const even = lightResponse(response, await illuminant('E'), { whiteBalance: false });
  t.ok(even.table.every((v, i) => Math.abs(v - (response.table[i] ?? 0)) < 1e-9));
});

test('a measured illuminant is read, and must cover what the camera sees', async (t) => {
  const response = await cie();
  await withFolder(async (folder) => {
    const file = join(folder, 'lamp.csv');
    for (const text of [
      '380 1\n780 5',
      '# mine\nwavelength_nm,power\n780,5\n380,1\n',
      'x;nm;SPD\n1;380;1,0\n2;780;5,0',
    ]) {
      await writeFile(file, text);
      const lamp = await illuminant(file);
      t.same([lamp.name, lamp.range, [...lamp.at([380, 480, 780])]], ['lamp', [380, 780], [1, 2, 5]]);
    }
    await writeFile(file, '450,1\n800,1');
    const short = await illuminant(file);
    t.throws(() => lightResponse(response, short), /'lamp' is known from 450 to 800 nm.*400 to 700 nm/);
    await writeFile(file, '300,1\n500,0\n800,0');
    const blue = await illuminant(file);
    t.throws(() =>
      lightResponse({ ...response, table: response.table.map((v, i) => (i < 33 ? 0 : v)) }, blue),
    );
    const cases: [text: string, culprit: RegExp][] = [
      ['', /no line of numbers/],
      ['400,1', /1 line of numbers/],
      ['400,1\n400,2', /400 nm comes twice/],
      ['400,1\n500,x', /line 2: '500,x'/],
      ['400,1\n500,-1', /line 2: '500,-1'/],
      ['0.4,1\n0.7,1', /nanometers were expected/],
      ['400,0\n500,0', /every power is 0/],
      ['nm,a,b\n400,1,1\n500,1,1', /no column for power/],
    ];
    for (const [text, culprit] of cases) {
      await writeFile(file, text);
      await failsWith(t, illuminant(file), 'DATA_ILLUMINANT', culprit, JSON.stringify(text));
    }
  });
});
