import { textPath, textWidth } from './pixel-font.js';

/** An 8-bit RGB picture, rows from the top, three bytes a pixel. */
export interface Picture {
  bytes: Uint8Array;
  width: number;
  height: number;
}

/** A picture with a line of text above it. */
export interface Panel {
  caption: string;
  picture: Picture;
  /** Numbered places to mark, in pixels of the picture. */
  marks?: readonly { row: number; column: number }[];
}

const margin = 12;
const captionHeight = 26;
/** Panels are brought to a side between these, small ones by whole factors without smoothing. */
const sides = { least: 300, most: 640 };

function sideOf({ width, height }: Picture): number {
  return Math.max(width, height);
}

/** Factor by which a picture of this side is shown. */
function zoomOf(side: number): number {
  if (side > sides.most) return sides.most / side;
  return Math.max(1, Math.floor(sides.least / side) + (sides.least % side === 0 ? 0 : 1));
}

/** SVG of a text drawn as shapes. */
export function label(text: string, x: number, y: number, dot = 1.5, fill = '#222'): string {
  return `<path d="${textPath(text, x, y, dot)}" fill="${fill}"/>`;
}

function markOf(place: { row: number; column: number }, index: number, zoom: number, left: number): string {
  const [x, y] = [left + (place.column + 0.5) * zoom, captionHeight + (place.row + 0.5) * zoom];
  const text = String(index + 1);
  const at = textPath(text, x + 7, y - 10, 1.5);
  return (
    `<circle cx="${x}" cy="${y}" r="5" fill="none" stroke="#000" stroke-width="3"/>` +
    `<circle cx="${x}" cy="${y}" r="5" fill="none" stroke="#fff" stroke-width="1.5"/>` +
    `<path d="${at}" fill="#fff" stroke="#000" stroke-width="3" paint-order="stroke"/>`
  );
}

/** Panels side by side on white, each as large as the largest of them, with their captions and marks, as a PNG. `extra` is SVG drawn on top; it is given the place of
 * the first panel and widens the picture by `extraWidth`. */
export async function panelsPng(
  panels: readonly Panel[],
  extraWidth = 0,
  extra: (place: { right: number; top: number; height: number }) => string = () => '',
): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  let left = margin;
  let bottom = 0;
  const shapes: string[] = [];
  const layers = [];
  const largest = Math.max(...panels.map(({ picture }) => sideOf(picture)));
  const shown = largest * zoomOf(largest);
  for (const { caption, picture, marks = [] } of panels) {
    const zoom = shown / sideOf(picture);
    const [width, height] = [Math.round(picture.width * zoom), Math.round(picture.height * zoom)];
    const raw = { width: picture.width, height: picture.height, channels: 3 as const };
    const input = await sharp(picture.bytes, { raw })
      .resize(width, height, { kernel: zoom >= 1 ? 'nearest' : 'lanczos3' })
      .png()
      .toBuffer();
    layers.push({ input, left, top: captionHeight });
    shapes.push(label(caption, left, 8), ...marks.map((mark, index) => markOf(mark, index, zoom, left)));
    left += Math.max(width, Math.ceil(textWidth(caption) * 1.5)) + margin;
    bottom = Math.max(bottom, captionHeight + height);
  }
  shapes.push(extra({ right: left - margin, top: captionHeight, height: bottom - captionHeight }));
  const [width, height] = [left + extraWidth, bottom + margin];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join('')}</svg>`;
  return sharp({ create: { width, height, channels: 3, background: '#fff' } })
    .composite([...layers, { input: Buffer.from(svg), left: 0, top: 0 }])
    .png()
    .toBuffer();
}
