import test from 'tape';
import {
  daylight,
  illuminants,
  linearSrgbWeights,
  linearToSrgb,
  srgbToLinear,
} from '../../../ts/degrade/index.js';

const near = (a: number, b: number, within: number) => Math.abs(a - b) <= within;

test("D65 and A have the CIE's published values", (t) => {
  const d65: [nm: number, power: number][] = [
    [320, 20.236],
    [400, 82.7549],
    [450, 117.008],
    [500, 109.354],
    [560, 100],
    [600, 90.0062],
    [700, 71.6091],
    [830, 60.3125],
  ];
  const found = illuminants.D65(d65.map(([nm]) => nm));
  d65.forEach(([nm, power], i) => {
    t.ok(near(found[i] ?? 0, power, 6e-4), `D65 at ${nm} nm: ${found[i]}`);
  });
  const lamp = illuminants.A([400, 500, 560, 600, 700]);
  const published = [14.708, 59.8611, 100, 129.043, 198.261];
  t.ok(
    published.every((power, i) => near(lamp[i] ?? 0, power, 5e-4)),
    lamp.join(' '),
  );
  t.same([...illuminants.E([400, 700])], [100, 100]);
  t.end();
});

test('daylight is bluer the hotter, interpolates, and is defined from 4000 to 25000 K', (t) => {
  const ratio = (kelvin: number) => {
    const [blue = 0, red = 1] = daylight(kelvin, [450, 650]);
    return blue / red;
  };
  t.ok(ratio(5000) < ratio(6500) && ratio(6500) < ratio(12000));
  const [a = 0, middle = 0, b = 0] = daylight(6504, [500, 505, 510]);
  t.ok(near(middle, (a + b) / 2, 1e-9));
  t.throws(() => daylight(3000, [500]), /3000 K/);
  t.throws(() => daylight(Number.NaN, [500]), /NaN K/);
  t.end();
});

test('sRGB is decoded and coded by its formula', (t) => {
  t.equal(srgbToLinear(0), 0);
  t.equal(srgbToLinear(1), 1);
  t.ok(near(srgbToLinear(0.5), 0.21404114, 1e-8));
  t.ok(near(srgbToLinear(0.02), 0.02 / 12.92, 1e-12));
  for (const value of [0, 0.001, 0.03, 0.2, 0.7, 1])
    t.ok(near(srgbToLinear(linearToSrgb(value)), value, 1e-9), `${value}`);
  t.end();
});

test('white is (1, 1, 1) in linear sRGB, and a red surface is red', (t) => {
  const wavelengths = Array.from({ length: 41 }, (_, i) => 380 + 10 * i);
  const weights = linearSrgbWeights(wavelengths);
  const see = (reflectance: (nm: number) => number) =>
    weights.map((row) => row.reduce((sum, weight, i) => sum + weight * reflectance(wavelengths[i] ?? 0), 0));
  t.ok(see(() => 1).every((value) => near(value, 1, 1e-9)));
  const [red = 0, green = 0, blue = 0] = see((nm) => (nm > 600 ? 1 : 0.05));
  t.ok(red > 3 * green && red > 3 * blue, `${red} ${green} ${blue}`);
  t.end();
});
