/** What lies on the table: a procedural still life for each seed. */
import type { Shape, Vector } from './geometry.js';
import { cloudNoise } from './noise.js';
import { between, pick, type Random, randomOf } from './random.js';
import { type Pigment, pigments, reflectance, type Spectrum } from './spectra.js';

/** How the spectra of a surface mix: 0 is the first, 1 the second. `own` is the place on the thing. */
type Pattern = (own: Vector) => number;

export interface Thing {
  shape: Shape;
  first: Spectrum;
  second: Spectrum;
  pattern: Pattern;
  /** Strength of the highlight, 0 to 1, and its sharpness. */
  gloss: number;
  sharpness: number;
}

export interface StillLife {
  things: Thing[];
  /** Towards the lamp. */
  lamp: Vector;
  /** Colour temperatures of the lamp and of the light from everywhere, in kelvin. */
  lampKelvin: number;
  skyKelvin: number;
}

const smooth = (low: number, high: number, value: number): number => {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
};

function patternOf(random: Random): Pattern {
  const seed = Math.floor(random() * 2 ** 31);
  const scale = between(random, 2.5, 6);
  const clouds: Pattern = ([x, y, z]) =>
    smooth(0.35, 0.65, cloudNoise(x * scale, y * scale, z * scale, seed));
  const stripes: Pattern = ([x, y]) => smooth(-0.15, 0.15, Math.sin(3 * scale * (y + 0.3 * x)));
  const marble: Pattern = ([x, y, z]) =>
    smooth(0.2, 0.9, 0.5 + 0.5 * Math.sin(2 * scale * x + 7 * cloudNoise(2 * x, 2 * y, 2 * z, seed)));
  const speckles: Pattern = ([x, y, z]) => smooth(0.66, 0.74, cloudNoise(14 * x, 14 * y, 14 * z, seed, 2));
  const shades: Pattern = ([, y]) => smooth(-0.9, 0.9, y);
  const plain: Pattern = ([x, y, z]) => 0.25 * cloudNoise(5 * x, 5 * y, 5 * z, seed);
  return pick(random, [clouds, stripes, marble, speckles, shades, plain, plain]);
}

const wood =
  (seed: number): Pattern =>
  ([x, , z]) => {
    const grain = 9 * z + 2.2 * cloudNoise(0.6 * x, 0, 2.4 * z, seed);
    const fibre = cloudNoise(3 * x, 0, 40 * z, seed + 9, 2);
    return 0.62 * (0.5 + 0.5 * Math.sin(2 * grain)) + 0.38 * fibre;
  };
const cloth =
  (seed: number): Pattern =>
  ([x, , z]) =>
    0.35 * (0.5 + 0.5 * Math.sin(34 * x) * Math.sin(34 * z)) + 0.3 * cloudNoise(2 * x, 0, 2 * z, seed);
const plaster =
  (seed: number): Pattern =>
  ([x, y]) =>
    0.5 * smooth(0.3, 0.8, cloudNoise(0.7 * x, 0.7 * y, 0, seed, 5));

function surroundings(random: Random): Thing[] {
  const seed = Math.floor(random() * 2 ** 31);
  const [tableFirst, tableSecond, weave] = pick<[Pigment, Pigment, (seed: number) => Pattern]>(random, [
    ['oak', 'walnut', wood],
    ['walnut', 'oak', wood],
    ['cream', 'grey', cloth],
    ['grey', 'black', cloth],
    ['sky', 'white', cloth],
  ]);
  const [wallFirst, wallSecond] = pick<[Pigment, Pigment]>(random, [
    ['grey', 'cream'],
    ['sky', 'grey'],
    ['terracotta', 'cream'],
    ['leaf', 'grey'],
    ['black', 'grey'],
  ]);
  const thing = (shape: Shape, first: Pigment, second: Pigment, pattern: Pattern, gloss: number): Thing => ({
    shape,
    first: reflectance(first, random),
    second: reflectance(second, random),
    pattern,
    gloss,
    sharpness: 20,
  });
  return [
    thing({ kind: 'table' }, tableFirst, tableSecond, weave(seed), 0.05),
    thing({ kind: 'wall', z: 3.4 }, wallFirst, wallSecond, plaster(seed + 77), 0),
  ];
}

function shapeAt(random: Random, x: number, z: number): Shape {
  const size = between(random, 0.34, 0.62);
  const kind = pick(random, ['sphere', 'sphere', 'cylinder', 'box'] as const);
  if (kind === 'sphere') {
    const radii: Vector = [size, size * between(random, 0.8, 1.15), size];
    return { kind, centre: [x, radii[1], z], radii };
  }
  const height = size * between(random, 1.2, 2.6);
  if (kind === 'cylinder') return { kind, centre: [x, height / 2, z], radius: size * 0.72, height };
  const half: Vector = [size * 0.7, height / 2, size * between(random, 0.4, 0.7)];
  return { kind, centre: [x, height / 2, z], half, turn: between(random, -0.8, 0.8) };
}

/** A chart of twelve paints on the wall: many materials in little room, as on a colour checker. */
function chart(random: Random, x: number, z: number): Thing[] {
  const side = 0.36;
  const centre = (column: number, row: number): Vector => [x + (column - 1.5) * side, 1.05 + row * side, z];
  return Array.from({ length: 12 }, (_, index): Thing => {
    const paint = reflectance(pick(random, pigments), random);
    const half: Vector = [side * 0.47, side * 0.47, 0.04];
    return {
      shape: { kind: 'box', centre: centre(index % 4, Math.floor(index / 4)), half, turn: 0 },
      first: paint,
      second: paint,
      pattern: () => 0,
      gloss: 0,
      sharpness: 1,
    };
  });
}

/** The still life of a seed: a table, a wall, a colour chart and nine to twelve things, in a lamp's light and the sky's. */
export function stillLife(seed: number): StillLife {
  const random = randomOf(seed);
  const things = surroundings(random);
  things.push(...chart(random, between(random, -1.3, 1.3), 3.34));
  const count = 9 + Math.floor(random() * 4);
  for (let index = 0; index < count; index++) {
    // Two rows of places, moved a little: the things neither hide one another wholly nor stand in line.
    const row = index % 2;
    const place = (Math.floor(index / 2) + 0.5) / Math.ceil(count / 2);
    const x = (place * 2 - 1) * (row === 0 ? 1.7 : 2.3) + between(random, -0.2, 0.2);
    const z = (row === 0 ? 0 : 1.5) + between(random, -0.35, 0.35);
    things.push({
      shape: shapeAt(random, x, z),
      first: reflectance(pick(random, pigments), random),
      second: reflectance(pick(random, pigments), random),
      pattern: patternOf(random),
      gloss: random() < 0.5 ? between(random, 0.15, 0.6) : 0,
      sharpness: between(random, 12, 70),
    });
  }
  return {
    things,
    lamp: [between(random, -0.8, 0.8), between(random, 0.8, 1.3), -1],
    lampKelvin: between(random, 5000, 6600),
    skyKelvin: between(random, 6500, 9500),
  };
}
