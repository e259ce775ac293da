/** Smooth noise in [0, 1] over space: what makes wood, marble and mottled skins out of two spectra. */
import { mix } from './random.js';

function corner(x: number, y: number, z: number, seed: number): number {
  const hashed = mix(Math.imul(x, 0x27d4eb2f) ^ Math.imul(y, 0x165667b1) ^ Math.imul(z, 0x61c88647) ^ seed);
  return hashed / 4294967295;
}

const ease = (t: number): number => t * t * (3 - 2 * t);
const mixed = (a: number, b: number, t: number): number => a + (b - a) * t;

/** Value noise: random values on the integer grid, blended smoothly between its corners. */
export function valueNoise(x: number, y: number, z: number, seed: number): number {
  const [cx, cy, cz] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  const [tx, ty, tz] = [ease(x - cx), ease(y - cy), ease(z - cz)];
  const edge = (dy: number, dz: number): number =>
    mixed(corner(cx, cy + dy, cz + dz, seed), corner(cx + 1, cy + dy, cz + dz, seed), tx);
  return mixed(mixed(edge(0, 0), edge(1, 0), ty), mixed(edge(0, 1), edge(1, 1), ty), tz);
}

/** Sum of octaves of value noise, each of twice the frequency and half the height; in [0, 1]. */
export function cloudNoise(x: number, y: number, z: number, seed: number, octaves = 4): number {
  let sum = 0;
  let height = 0.5;
  let total = 0;
  for (let octave = 0, scale = 1; octave < octaves; octave++, scale *= 2, height /= 2) {
    sum += height * valueNoise(x * scale, y * scale, z * scale, seed + octave);
    total += height;
  }
  return sum / total;
}
