import { nextTurn } from '../data/cube.js';
import type { CameraSettings } from './camera-config.js';
import { autoExposure } from './exposure.js';
import { mosaicChannels } from './mosaic.js';
import { channels } from './response.js';
import type { SensorNoise } from './sensor-noise.js';

/** Values that are summed between two turns of the event loop. */
const turn = 2 ** 16;

/** A scene as the factors of a camera must know it. */
export interface SeenScene {
  height: number;
  width: number;
  rowsAtOnce: number;
  signal: AbortSignal | undefined;
  /** Its linear rows before exposure and noise, `[3, end - row, width]`. */
  read(row: number, end: number): Promise<Float32Array>;
}

/** The factors of a camera, those that follow from the scene among them. */
export interface SceneScales {
  exposure: number;
  /** Of R, G and B; null without noise. */
  noise: readonly SensorNoise[] | null;
  /** Factor behind noise, demosaicing, gains and matrix. */
  brightness: number;
}

/** Settles exposure, noise and brightness for one scene; it is read once more for an automatic exposure, and once more for its means
 * where electrons or brightness follow from them. Means are of the picture without noise, which keeps them. */
export async function sceneScales(settings: CameraSettings, scene: SeenScene): Promise<SceneScales> {
  const { read, height, rowsAtOnce, signal } = scene;
  const exposure =
    settings.exposure === 'auto'
      ? await autoExposure(read, height, rowsAtOnce, settings, signal)
      : (settings.exposure ?? 1);
  const wanted = settings.meanElectrons !== undefined || settings.brightness === 'mean';
  const means = wanted ? await sceneMeans(settings, scene, exposure) : null;
  return { exposure, noise: noiseOf(settings, means), brightness: brightnessOf(settings, means) };
}

/** What has no green light has no scale in electrons, and so no noise. */
function noiseOf(settings: CameraSettings, means: SceneMeans | null): readonly SensorNoise[] | null {
  const { electrons: full, meanElectrons, readNoise = 0, readElectrons } = settings;
  if (meanElectrons !== undefined && !((means?.green ?? 0) > 0)) return null;
  if (full === undefined && meanElectrons === undefined && readNoise === 0) return null;
  return Array.from({ length: channels }, (_, channel) => {
    const own = typeof full === 'object' ? full[channel] : full;
    const electrons = meanElectrons === undefined ? own : meanElectrons / (means?.green ?? 1);
    const read =
      readElectrons === undefined || electrons === undefined ? readNoise : readElectrons / electrons;
    return { electrons, readNoise: read };
  });
}

/** A picture without light stays as it is. */
function brightnessOf(settings: CameraSettings, means: SceneMeans | null): number {
  const { brightness = 1, meanLevel, gains, matrix } = settings;
  if (brightness !== 'mean') return brightness;
  const mixing = matrix ?? [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const sum = mixing.reduce(
    (total, weight, i) => total + weight * (gains?.[i % channels] ?? 1) * (means?.each[i % channels] ?? 0),
    0,
  );
  const mean = sum / channels;
  return mean > 0 && Number.isFinite(mean) ? meanLevel / mean : 1;
}

interface SceneMeans {
  /** Of each channel, exposed, and cut to [0, 1] where the camera clips. */
  each: number[];
  /** Of the green pixels: those of the mosaic, or all. */
  green: number;
}

async function sceneMeans(
  { clip, mosaic }: CameraSettings,
  scene: SeenScene,
  exposure: number,
): Promise<SceneMeans> {
  const { height, width, rowsAtOnce, signal, read } = scene;
  const sums = new Float64Array(channels);
  const green = { sum: 0, count: 0 };
  const linesAtOnce = Math.max(1, Math.floor(turn / width));
  for (let first = 0; first < height; first += rowsAtOnce) {
    signal?.throwIfAborted();
    const rows = Math.min(height, first + rowsAtOnce) - first;
    const rgb = await read(first, first + rows);
    for (let line = 0; line < channels * rows; line++) {
      const [channel, row] = [Math.floor(line / rows), first + (line % rows)];
      const isGreen = mosaic === undefined ? [true] : mosaicChannels(mosaic, row).map((seen) => seen === 1);
      let sum = 0;
      for (let column = 0; column < width; column++) {
        const exposed = exposure * (rgb[line * width + column] ?? 0);
        const value = clip ? Math.min(1, Math.max(0, exposed)) : exposed;
        sum += value;
        if (channel !== 1 || isGreen[column % isGreen.length] !== true) continue;
        green.sum += value;
        green.count++;
      }
      sums[channel] = (sums[channel] ?? 0) + sum;
      if (line % linesAtOnce === 0) await nextTurn();
    }
  }
  const pixels = height * width;
  return { each: Array.from(sums, (sum) => sum / pixels), green: green.sum / Math.max(1, green.count) };
}
