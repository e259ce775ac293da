/** Reflectance spectra in the shapes that pigments, plants, skin and wood have: smooth, bounded, few humps and edges.
 * A shape is a sum of edges (sigmoids) and humps (Gaussians) over a floor; its numbers are jittered by the seed. */
import { demoWavelengths } from './lights.js';
import { between, type Random } from './random.js';

/** Reflectance at each of `demoWavelengths`, 0 to 1. */
export type Spectrum = Float64Array;

interface Edge {
  /** Middle of the rise, nm. */
  at: number;
  /** Width of the rise, nm. */
  width: number;
  /** A negative height is a fall. */
  height: number;
}
interface Hump {
  at: number;
  width: number;
  height: number;
}
interface Shape {
  floor: number;
  edges?: readonly Edge[];
  humps?: readonly Hump[];
}

/** Yellow, orange and red pigments are edges (cadmium yellow near 500 nm, vermilion near 600); blues and greens are humps,
 * with the rise in the red that cobalt and ultramarine show; leaves have chlorophyll's hump at 550 nm and the red edge near
 * 700; skin has the two dips of oxygenated blood at 542 and 577 nm; wood and paper rise slowly. */
const shapes = {
  white: { floor: 0.86, edges: [{ at: 410, width: 12, height: 0.06 }] },
  grey: { floor: 0.4 },
  black: { floor: 0.045 },
  cream: { floor: 0.45, edges: [{ at: 470, width: 40, height: 0.38 }] },
  lemon: { floor: 0.07, edges: [{ at: 498, width: 11, height: 0.74 }] },
  orange: { floor: 0.05, edges: [{ at: 562, width: 14, height: 0.66 }] },
  vermilion: { floor: 0.05, edges: [{ at: 602, width: 11, height: 0.68 }] },
  crimson: {
    floor: 0.045,
    edges: [{ at: 618, width: 15, height: 0.55 }],
    humps: [{ at: 425, width: 30, height: 0.07 }],
  },
  magenta: {
    floor: 0.06,
    edges: [{ at: 612, width: 14, height: 0.62 }],
    humps: [{ at: 435, width: 38, height: 0.32 }],
  },
  violet: {
    floor: 0.06,
    edges: [{ at: 665, width: 18, height: 0.4 }],
    humps: [{ at: 432, width: 36, height: 0.38 }],
  },
  ultramarine: {
    floor: 0.04,
    edges: [{ at: 700, width: 16, height: 0.4 }],
    humps: [{ at: 450, width: 34, height: 0.46 }],
  },
  cobalt: {
    floor: 0.06,
    edges: [{ at: 676, width: 12, height: 0.42 }],
    humps: [{ at: 468, width: 42, height: 0.44 }],
  },
  teal: {
    floor: 0.06,
    edges: [{ at: 720, width: 20, height: 0.2 }],
    humps: [{ at: 498, width: 38, height: 0.4 }],
  },
  emerald: { floor: 0.06, humps: [{ at: 524, width: 36, height: 0.42 }] },
  leaf: {
    floor: 0.045,
    edges: [{ at: 704, width: 10, height: 0.5 }],
    humps: [{ at: 552, width: 27, height: 0.15 }],
  },
  lime: {
    floor: 0.06,
    edges: [
      { at: 512, width: 11, height: 0.5 },
      { at: 600, width: 16, height: -0.28 },
      { at: 700, width: 12, height: 0.3 },
    ],
  },
  skin: {
    floor: 0.16,
    edges: [
      { at: 470, width: 40, height: 0.16 },
      { at: 592, width: 13, height: 0.3 },
    ],
    humps: [
      { at: 418, width: 16, height: -0.05 },
      { at: 542, width: 12, height: -0.055 },
      { at: 577, width: 9, height: -0.07 },
    ],
  },
  oak: { floor: 0.1, edges: [{ at: 590, width: 62, height: 0.44 }] },
  walnut: { floor: 0.05, edges: [{ at: 625, width: 60, height: 0.24 }] },
  terracotta: { floor: 0.09, edges: [{ at: 583, width: 24, height: 0.36 }] },
  pink: {
    floor: 0.4,
    edges: [{ at: 596, width: 16, height: 0.4 }],
    humps: [{ at: 440, width: 42, height: 0.16 }],
  },
  sky: { floor: 0.3, humps: [{ at: 462, width: 52, height: 0.4 }] },
} satisfies Record<string, Shape>;

/** Name of a kind of surface. */
export type Pigment = keyof typeof shapes;

/** Every kind of surface, in a fixed order. */
export const pigments = Object.keys(shapes) as [Pigment, ...Pigment[]];

function valueAt(shape: Shape, wavelength: number): number {
  let value = shape.floor;
  for (const { at, width, height } of shape.edges ?? [])
    value += height / (1 + Math.exp((at - wavelength) / width));
  for (const { at, width, height } of shape.humps ?? []) {
    value += height * Math.exp(-0.5 * ((wavelength - at) / width) ** 2);
  }
  return Math.min(0.96, Math.max(0.015, value));
}

/** One sample of a surface: its shape moved by up to 9 nm, widened and scaled by up to 18 %. */
export function reflectance(pigment: Pigment, random: Random): Spectrum {
  const part = <T extends Edge | Hump>({ at, width, height }: T): Edge => ({
    at: at + between(random, -9, 9),
    width: width * between(random, 0.85, 1.18),
    height: height * between(random, 0.88, 1.12),
  });
  const { floor, edges = [], humps = [] }: Shape = shapes[pigment];
  const sample = {
    floor: floor * between(random, 0.85, 1.1),
    edges: edges.map(part),
    humps: humps.map(part),
  };
  return Float64Array.from(demoWavelengths, (wavelength) => valueAt(sample, wavelength));
}
