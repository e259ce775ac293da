import { nextTurn } from '../data/index.js';
import { exchangeAxes } from './facts.js';
import { type Finding, finding } from './finding.js';
import { correlate, gridBlocks, gridSide, highPass, rooted, turnGrid } from './grid.js';
import type { PictureSample } from './picture.js';
import type { CubeSample, Middle } from './sample.js';

/** Weights of linear sRGB in luminance. */
const luminance = [0.2126, 0.7152, 0.0722] as const;
const furthest = 16;
/** A shifted picture fits at its place better than this; another scene's picture fits nowhere so well. */
const sureShift = 0.5;
/** A cube's picture agrees with it better than this, whatever the camera. */
const alike = 0.5;

/** Luminance of three planes. */
function luminanceOf(rgb: Float32Array, weights: readonly number[] = luminance): Float32Array {
  const plane = rgb.length / 3;
  const [red = 0, green = 0, blue = 0] = weights;
  const light = new Float32Array(plane);
  for (let at = 0; at < plane; at++)
    light[at] = red * (rgb[at] ?? 0) + green * (rgb[plane + at] ?? 0) + blue * (rgb[2 * plane + at] ?? 0);
  return light;
}

/** Linear sRGB of a cube's blocks, `[3, 48, 48]`; null where it shows no colours. */
export function cubeColours({ grid, weights, info }: CubeSample): Float32Array | null {
  if (weights === null) return null;
  const rgb = new Float32Array(3 * gridBlocks);
  weights.forEach((row, channel) => {
    row.forEach((weight, band) => {
      for (let block = 0; block < gridBlocks; block++) {
        const at = channel * gridBlocks + block;
        rgb[at] = (rgb[at] ?? 0) + (weight * (grid[band * gridBlocks + block] ?? 0)) / info.fullScale;
      }
    });
  });
  return rgb;
}

/** The pattern of light of a cube on the grid, without its coarse parts. */
export function cubePattern(sample: CubeSample): Float32Array {
  const colours = cubeColours(sample);
  const { grid, info } = sample;
  const light =
    colours === null
      ? Float32Array.from({ length: gridBlocks }, (_, block) => {
          let sum = 0;
          for (let band = 0; band < info.bands; band++) sum += grid[band * gridBlocks + block] ?? 0;
          return sum / info.bands / info.fullScale;
        })
      : luminanceOf(colours);
  return highPass(rooted(light), gridSide, gridSide, 8);
}

/** The pattern of light of a picture on the grid. */
export function picturePattern({ grid }: PictureSample): Float32Array {
  return highPass(rooted(luminanceOf(grid)), gridSide, gridSide, 8);
}

const turns = [false, true].flatMap((transpose) =>
  [false, true].flatMap((rows) => [false, true].map((columns) => ({ transpose, rows, columns }))),
);

function turnFinding(sample: CubeSample, picture: PictureSample): Finding | null {
  const [cube, light] = [cubePattern(sample), picturePattern(picture)];
  const scores = turns.map((turn) => correlate(turnGrid(cube, turn), light));
  const [own = 0] = scores;
  const best = scores.indexOf(Math.max(...scores));
  const turn = turns[best];
  const { height, width } = sample.info;
  const lying = height !== width && picture.height === width && picture.width === height;
  const clear = (scores[best] ?? 0) > alike && (scores[best] ?? 0) > own + 0.2;
  if (turn === undefined || best === 0 || (!clear && !lying)) return null;
  const file = sample.info.origin.file;
  const size = `the cube is read as ${height} x ${width} (rows x columns), its picture ${picture.file} is ${picture.height} x ${picture.width}`;
  if (turn.transpose || lying) {
    const plain = !turn.rows && !turn.columns;
    const found = plain
      ? `rows and columns are exchanged: ${size}`
      : `a quarter turn lies between the two: ${size}`;
    return finding(
      'error',
      'axes-swapped',
      file,
      found,
      plain || !clear ? exchangeAxes(sample.info, 'h', 'w') : 'turn the pictures as the cubes lie',
    );
  }
  const ways = [turn.rows ? 'upside down' : '', turn.columns ? 'left to right' : ''].filter(
    (way) => way !== '',
  );
  return finding(
    'error',
    'turned',
    picture.file,
    `the picture is ${ways.join(' and ')} beside its cube`,
    'turn the pictures as the cubes lie, or simulate them: --rgb simulated',
  );
}

/** Red and blue as parts of all light, on the grid, with how much each block counts. */
function chroma(rgb: Float32Array): { red: Float32Array; blue: Float32Array; light: Float32Array } {
  const [red, blue, light] = [0, 1, 2].map(() => new Float32Array(gridBlocks)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  for (let i = 0; i < gridBlocks; i++) {
    const [r, g, b] = [0, 1, 2].map((c) => Math.max(0, rgb[c * gridBlocks + i] ?? 0)) as [
      number,
      number,
      number,
    ];
    const sum = r + g + b;
    red[i] = sum > 0 ? r / sum : 0;
    blue[i] = sum > 0 ? b / sum : 0;
    light[i] = sum;
  }
  return { red, blue, light };
}

function channelFinding(sample: CubeSample, picture: PictureSample): Finding | null {
  const colours = cubeColours(sample);
  if (colours === null) return null;
  const [cube, seen] = [chroma(colours), chroma(picture.grid)];
  // Blocks count by their light: the colour of dark ones is noise.
  const weights = Float32Array.from(cube.light, (light, i) =>
    Math.sqrt(Math.max(0, light) * (seen.light[i] ?? 0)),
  );
  const fit = (a: Float32Array, b: Float32Array): number => correlate(a, b, weights);
  const straight = fit(cube.red, seen.red) + fit(cube.blue, seen.blue);
  const exchanged = fit(cube.red, seen.blue) + fit(cube.blue, seen.red);
  if (exchanged < 0.6 || exchanged < straight + 0.6) return null;
  return finding(
    'error',
    'bgr',
    picture.file,
    `red and blue are exchanged (BGR): its red follows the blue of the cube, ${sample.info.origin.file}`,
    'exchange the first and third channel where the file was made (OpenCV writes and reads BGR), or --rgb simulated',
  );
}

interface Shift {
  rows: number;
  columns: number;
  score: number;
  own: number;
}

/** The pattern of light of the middle, without its coarse parts. */
async function finePattern({ rgb, height, width }: Middle): Promise<Float32Array> {
  const light = rooted(luminanceOf(rgb));
  await nextTurn();
  const fine = highPass(light, height, width, 6);
  await nextTurn();
  return fine;
}

/** Where the picture fits the cube best, by normalised correlation of patterns at every second pixel. */
async function bestShift(cube: Middle, picture: Middle): Promise<Shift | null> {
  const { height, width } = cube;
  const reach = Math.min(furthest, Math.floor(Math.min(height, width) / 4));
  if (reach < 2) return null;
  const a = await finePattern(cube);
  const b = await finePattern(picture);
  // The search looks at few pixels of many; the answer is then measured on more.
  const step = height * width > 40000 ? 4 : height * width > 4096 ? 2 : 1;
  let best: Shift = { rows: 0, columns: 0, score: -1, own: -1 };
  for (let rows = -reach; rows <= reach; rows++) {
    for (let columns = -reach; columns <= reach; columns++) {
      const score = shiftedCorrelation(a, b, { height, width, reach, rows, columns, step });
      if (rows === 0 && columns === 0) best.own = score;
      if (score > best.score) best = { rows, columns, score, own: best.own };
    }
    await nextTurn();
  }
  const measured = (rows: number, columns: number): number =>
    shiftedCorrelation(a, b, { height, width, reach, rows, columns, step: Math.ceil(step / 2) });
  return { ...best, score: measured(best.rows, best.columns), own: measured(0, 0) };
}

function shiftedCorrelation(
  a: Float32Array,
  b: Float32Array,
  place: { height: number; width: number; reach: number; rows: number; columns: number; step: number },
): number {
  const { height, width, reach, rows, columns, step } = place;
  let [ab, aa, bb] = [0, 0, 0];
  for (let y = reach; y < height - reach; y += step) {
    const [line, other] = [y * width, (y + rows) * width + columns];
    for (let x = reach; x < width - reach; x += step) {
      const [p, q] = [a[line + x] ?? 0, b[other + x] ?? 0];
      ab += p * q;
      aa += p * p;
      bb += q * q;
    }
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

async function shiftFinding(sample: CubeSample, picture: PictureSample): Promise<Finding | null> {
  if (picture.middle === null) return null;
  const shift = await bestShift(sample.middle, picture.middle);
  if (shift === null || shift.score < sureShift || shift.score < shift.own + 0.1) return null;
  const { rows, columns } = shift;
  const { height, width, origin } = sample.info;
  const down = rows === 0 ? [] : [`${Math.abs(rows)} rows ${rows > 0 ? 'lower' : 'higher'}`];
  const right =
    columns === 0 ? [] : [`${Math.abs(columns)} columns further ${columns > 0 ? 'right' : 'left'}`];
  const size = [height - Math.abs(rows), width - Math.abs(columns)];
  const cubeCrop = [Math.max(0, -rows), Math.max(0, -columns), ...size].join(',');
  const from = `row ${Math.max(0, rows)} and column ${Math.max(0, columns)}`;
  return finding(
    'error',
    'shifted',
    picture.file,
    `the picture lies ${[...down, ...right].join(' and ')} than its cube, ${origin.file}`,
    `hyperlift convert IN OUT --crop ${cubeCrop}, and crop the picture from ${from}; or --rgb simulated`,
  );
}

/** What a cube and its picture say about each other: exchanged axes, turned or shifted pictures, exchanged channels. */
export async function pairFindings(sample: CubeSample, picture: PictureSample): Promise<Finding[]> {
  const turned = turnFinding(sample, picture);
  if (turned !== null) return [turned];
  const { height, width, origin } = sample.info;
  if (picture.height !== height || picture.width !== width) {
    return [
      finding(
        'error',
        'picture-size',
        picture.file,
        `${picture.height} x ${picture.width} pixels, but its cube ${origin.file} has ${height} x ${width}`,
        'give each cube the picture of its size, or --rgb simulated',
      ),
    ];
  }
  const found = [channelFinding(sample, picture), await shiftFinding(sample, picture)];
  return found.filter((one) => one !== null);
}
