import { colourCount, colourTable } from './colour-map.js';
import { label, type Panel, panelsPng } from './panels.js';

/** The least of 1, 2, 5 times a power of ten that is not below `value`. */
export function roundTop(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 0.01;
  const power = 10 ** Math.floor(Math.log10(value));
  // The small allowance keeps 0.2 at 0.2 although 0.2 / 0.1 is a little more than 2.
  return power * ([1, 2, 5].find((step) => step * power * (1 + 1e-9) >= value) ?? 10);
}

/** Value below which all but one in two hundred values lie: a few outliers do not make the rest of the map black. */
export function topOf(values: Float32Array): number {
  const step = Math.max(1, Math.floor(values.length / 20000));
  const sample: number[] = [];
  for (let index = 0; index < values.length; index += step) {
    const value = values[index] ?? Number.NaN;
    if (Number.isFinite(value)) sample.push(value);
  }
  sample.sort((a, b) => a - b);
  return roundTop(sample[Math.floor(0.995 * (sample.length - 1))] ?? 0);
}

function colourBar(top: number, place: { right: number; top: number; height: number }): string {
  const table = colourTable();
  const [x, width, steps] = [place.right + 14, 16, 64];
  const parts: string[] = [];
  for (let step = 0; step < steps; step++) {
    const index = 3 * Math.round(((steps - 1 - step) / (steps - 1)) * (colourCount - 1));
    const y = place.top + (step * place.height) / steps;
    const fill = `rgb(${table[index]},${table[index + 1]},${table[index + 2]})`;
    parts.push(
      `<rect x="${x}" y="${y}" width="${width}" height="${place.height / steps + 0.6}" fill="${fill}"/>`,
    );
  }
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const y = place.top + (1 - part) * (place.height - 11);
    return label(String(Number((part * top).toPrecision(3))), x + width + 6, y);
  });
  return parts.join('') + ticks.join('');
}

/** A PNG of an error map with its colour bar. `panel` holds the map already coloured, `top` is the value of the last colour. */
export function errorMapPng(panel: Panel, top: number): Promise<Buffer> {
  return panelsPng([panel], 90, (place) => colourBar(top, place));
}
