import { signed, unit } from '../../../ts/golden/rule.js';
import {
  type NativeModel,
  type NativeSceneStore,
  type NativeTensor,
  type NativeTrainer,
  type NativeTrainerConfig,
  native,
} from '../../../ts/native/index.js';

/** Bands, height and width of the tiny scenes. */
export const size = { bands: 31, height: 24, width: 20 };

/** A camera whose three columns overlap and sum to 255. */
export function tinyResponse(bands: number = size.bands): Float64Array {
  const table = new Float64Array(bands * 3);
  for (let k = 0; k < 3; k++) {
    const column = Array.from({ length: bands }, (_, band) =>
      Math.exp(-((band - (bands / 4) * (k + 1)) ** 2) / 30),
    );
    const sum = column.reduce((a, b) => a + b, 0);
    column.forEach((value, band) => {
      table[band * 3 + k] = (255 * value) / sum;
    });
  }
  return table;
}

/** Smooth spectra with noise, 16 bits. */
export function tinyCube(name: string): Uint16Array {
  const { bands, height, width } = size;
  const noise = unit(name, bands * height * width);
  return Uint16Array.from(noise, (value, i) => {
    const band = Math.floor(i / (height * width));
    const pixel = i % (height * width);
    return Math.round(65535 * (0.3 + 0.2 * Math.sin(band / 5 + pixel / 60) + 0.2 * value));
  });
}

/** A store of `count` tiny scenes with cubes. */
export function tinyStore(count = 2): NativeSceneStore {
  const store = native().createSceneStore();
  const { bands, height, width } = size;
  for (let i = 0; i < count; i++) {
    const cube = { values: tinyCube(`scene ${i}`), bands, scale: 65535 };
    store.add({ name: `scene ${i}`, cube, height, width });
  }
  return store;
}

/** SFFormer at its smallest. */
export function tinyModel(seed = 3): NativeModel {
  return native().createModel('sfformer', { width: 6, blocks: 1 }, seed);
}

/** A network that leaves out branches at random while it trains. */
export function tinyDroppingModel(): NativeModel {
  return native().createModel('sst', { width: 4, depths: [3], heads: [2], dropPath: 0.5 }, 3);
}

/** Plan rows of patches of 16 pixels, every augmentation in turn. */
export function tinyPlan(rows: number): Int32Array {
  const plan: number[] = [];
  for (let i = 0; i < rows; i++) plan.push(i % 2, (i * 3) % 9, (i * 2) % 5, i % 16);
  return Int32Array.from(plan);
}

/** Settings of the tiny runs: 2 patches of 16 pixels. */
export function tinyConfig(changes: Partial<NativeTrainerConfig> = {}): NativeTrainerConfig {
  return {
    paradigm: 'supervised',
    loss: { terms: { mrae: 1 } },
    optimizer: { kind: 'adam', lr: 1e-3 },
    schedule: { kind: 'poly', totalSteps: 12 },
    batch: 2,
    patch: 16,
    seed: 5,
    threads: 1,
    camera: { response: tinyResponse(), rgbBands: 3 },
    ...changes,
  };
}

/** UnSSR's own weights. */
export const unsupervised: Partial<NativeTrainerConfig> = {
  paradigm: 'unsupervised',
  loss: { terms: { css: 1, bandSsim: 0.3, perceptual: 0.001 } },
};

/** A trainer with its own network and store. */
export interface Tiny {
  trainer: NativeTrainer;
  model: NativeModel;
  store: NativeSceneStore;
}

export function tinyTrainer(changes: Partial<NativeTrainerConfig> = {}, model = tinyModel()): Tiny {
  const store = tinyStore();
  return { model, store, trainer: native().createTrainer(model, store, tinyConfig(changes)) };
}

/** Values of a tensor as numbers. */
export async function numbersOf(tensor: NativeTensor): Promise<number[]> {
  return Array.from(await native().toTypedArray(tensor), Number);
}

/** Values by name, as the bytes that a file would hold. */
export async function bytesOf(tensors: Map<string, NativeTensor>): Promise<Map<string, string>> {
  const result = new Map<string, string>();
  for (const [name, tensor] of tensors) {
    const { buffer, byteOffset, byteLength } = await native().toTypedArray(tensor);
    result.set(name, Buffer.from(buffer, byteOffset, byteLength).toString('base64'));
  }
  return result;
}

/** Names whose bytes differ, or that one side lacks. */
export function differences(a: Map<string, string>, b: Map<string, string>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
}

/** The largest difference of two lists, NaN where their lengths differ. */
export function worst(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Number.NaN;
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

/** A float32 tensor of numbers that follow from a name, in [-1, 1). */
export function signedTensor(name: string, shape: readonly number[]): NativeTensor {
  const count = shape.reduce((product, n) => product * n, 1);
  return native().fromTypedArray(Float32Array.from(signed(name, count)), shape, 'float32', 'cpu');
}

/** The code and message of what a call throws or rejects with. */
export async function failure(call: () => unknown): Promise<{ code: string; message: string }> {
  try {
    await call();
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return { code: String(code), message: String(message) };
  }
  return { code: 'none', message: '' };
}
