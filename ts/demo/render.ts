/** Turns a still life into a cube by casting rays: what a spectral camera balanced for D65 would record. */
import { demoWavelengths, lightUnderD65 } from './lights.js';
import { add, dot, type Hit, hit, unit, type Vector } from './geometry.js';
import { randomOf } from './random.js';
import type { StillLife, Thing } from './still-life.js';

const camera: Vector = [0, 2.5, -3.5];
const lookDown = -0.4;
/** Half of the field of view, as a slope. */
const reach = 0.44;
/** Samples along each side of a pixel. */
const samples = 2;

const skyStrength = 0.4;
const lampStrength = 0.72;

function firstHit(things: readonly Thing[], from: Vector, along: Vector): { thing: Thing; at: Hit } | null {
  let found: { thing: Thing; at: Hit } | null = null;
  for (const thing of things) {
    const at = hit(thing.shape, from, along);
    if (at !== null && (found === null || at.distance < found.at.distance)) found = { thing, at };
  }
  return found;
}

const blocked = (things: readonly Thing[], from: Vector, along: Vector): boolean =>
  things.some((thing) => thing.shape.kind !== 'wall' && hit(thing.shape, from, along) !== null);

/** How open the sky is above a place, 0 to 1: few rays, so that corners darken softly. */
function openness(things: readonly Thing[], place: Vector, normal: Vector, jitter: () => number): number {
  const rays = 3;
  let open = 0;
  for (let ray = 0; ray < rays; ray++) {
    const along = unit(add(normal, [jitter() - 0.5, jitter() * 0.9, jitter() - 0.5], 1.5));
    if (!blocked(things, place, along)) open++;
  }
  return (0.35 + (0.65 * open) / rays) * (0.7 + 0.3 * normal[1]);
}

interface Lights {
  lamp: Float64Array;
  sky: Float64Array;
}

/** Adds the spectrum that reaches the camera along one ray to `sum`. */
function shade(
  life: StillLife,
  lights: Lights,
  along: Vector,
  jitter: () => number,
  sum: Float64Array,
): void {
  const met = firstHit(life.things, camera, along);
  if (met === null) return;
  const { thing, at } = met;
  const normal = dot(at.normal, along) > 0 ? add([0, 0, 0], at.normal, -1) : at.normal;
  const place = add(add(camera, along, at.distance), normal, 1e-3);
  // The lamp is a window, not a point: its direction is jittered, so that shadows have soft edges.
  const toLamp = unit(add(life.lamp, [jitter() - 0.5, jitter() - 0.5, jitter() - 0.5], 0.16));
  const facing = Math.max(0, dot(normal, toLamp));
  const lit = facing > 0 && !blocked(life.things, place, toLamp) ? lampStrength * facing : 0;
  const open = skyStrength * openness(life.things, place, normal, jitter);
  const halfway = unit(add(toLamp, along, -1));
  const shine = lit > 0 ? thing.gloss * Math.max(0, dot(normal, halfway)) ** thing.sharpness : 0;
  const mix = thing.pattern(at.own);
  for (let band = 0; band < sum.length; band++) {
    const albedo = (thing.first[band] ?? 0) * (1 - mix) + (thing.second[band] ?? 0) * mix;
    const lamp = lights.lamp[band] ?? 0;
    sum[band] = (sum[band] ?? 0) + albedo * (lit * lamp + open * (lights.sky[band] ?? 0)) + shine * lamp;
  }
}

/** The cube of a still life, `[bands, size, size]`, 31 bands from 400 to 700 nm: reflectance under D65 times shading, in
 * [0, 1], as in the CAVE database. The same seed gives the same cube. */
export function renderCube(life: StillLife, size: number, seed: number): Float32Array {
  const bands = demoWavelengths.length;
  const lights = { lamp: lightUnderD65(life.lampKelvin), sky: lightUnderD65(life.skyKelvin) };
  const cube = new Float32Array(bands * size * size);
  const jitter = randomOf(seed);
  const sum = new Float64Array(bands);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      sum.fill(0);
      for (let sample = 0; sample < samples * samples; sample++) {
        const right = (column + ((sample % samples) + jitter()) / samples) / size;
        const down = (row + (Math.floor(sample / samples) + jitter()) / samples) / size;
        const along = unit([(2 * right - 1) * reach, (1 - 2 * down) * reach + lookDown, 1]);
        shade(life, lights, along, jitter, sum);
      }
      for (let band = 0; band < bands; band++) {
        const value = (sum[band] ?? 0) / (samples * samples);
        cube[(band * size + row) * size + column] = Math.min(1, Math.max(0, value));
      }
    }
  }
  return cube;
}
