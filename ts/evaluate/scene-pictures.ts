import { errorMaps, type SceneScores } from '../metrics/index.js';
import { type NativeTensor, native } from '../native/index.js';
import { colourCount, colourTable } from './colour-map.js';
import { errorMapPng, topOf } from './error-map.js';
import { type Picture, panelsPng } from './panels.js';
import { distinctPoints, type Point } from './points.js';
import { chartPng, spectraSvg } from './spectra-chart.js';
import { viewTable } from './view-table.js';

/** A picture file of a scene: the end of its name, and what is in it. */
export interface SceneFile {
  word: string;
  content: Buffer | string;
}

/** A scene as its pictures need it. */
export interface ShownScene {
  /** `[bands, height, width]`. */
  truth: NativeTensor;
  wavelengths: number[] | null;
  /** What the network saw. */
  input(): Promise<Picture>;
  /** Of the input, and of what the network made. */
  captions: readonly [input: string, made: string];
}

/** The pictures of a scored scene: what the network saw beside what it made and the truth; the error of each pixel; spectra at a
 * few points of clearly different colours. */
export async function scenePictures(
  scene: ShownScene,
  cube: NativeTensor,
  scores: SceneScores,
): Promise<SceneFile[]> {
  const [bands = 0] = cube.shape;
  const table = viewTable(bands, scene.wavelengths);
  const [caption, made] = scene.captions;
  const input = await scene.input();
  const truth = await cubePicture(scene.truth, table);
  const marks = distinctPoints(truth);
  const compare = await panelsPng([
    { caption, picture: input },
    { caption: `${made}, pseudo-RGB`, picture: await cubePicture(cube, table), marks },
    { caption: 'true cube, pseudo-RGB', picture: truth },
  ]);
  const svg = await spectraOf(scene, cube, marks);
  return [
    { word: 'compare.png', content: compare },
    { word: 'error.png', content: await errorPng(scene, cube, scores) },
    { word: 'spectra.svg', content: svg },
    { word: 'spectra.png', content: await chartPng(svg) },
  ];
}

async function cubePicture(cube: NativeTensor, table: readonly number[]): Promise<Picture> {
  return pictureOf(await native().srgbPicture(cube, table));
}

/** Bytes `[height, width, 3]` of a tensor, which is disposed. */
async function pictureOf(tensor: NativeTensor): Promise<Picture> {
  const [height = 0, width = 0] = tensor.shape;
  const bytes = (await native().toTypedArray(tensor)) as Uint8Array;
  tensor.dispose();
  return { bytes, height, width };
}

async function errorPng(scene: ShownScene, cube: NativeTensor, { name, rmse }: SceneScores): Promise<Buffer> {
  const maps = await errorMaps(cube, scene.truth, name);
  const colours = native().fromTypedArray(colourTable(), [colourCount, 3], 'uint8', 'cpu');
  try {
    const top = topOf((await native().toTypedArray(maps.rmse)) as Float32Array);
    const picture = await pictureOf(await native().colourPicture(maps.rmse, colours, top));
    return await errorMapPng({ caption: `RMSE over the bands, ${rmse.toFixed(4)} in all`, picture }, top);
  } finally {
    for (const tensor of [maps.rmse, maps.angle, colours]) tensor.dispose();
  }
}

async function spectraOf(scene: ShownScene, cube: NativeTensor, points: readonly Point[]): Promise<string> {
  const [bands = 0, height = 0, width = 0] = cube.shape;
  const [truth, made] = await Promise.all([native().toTypedArray(scene.truth), native().toTypedArray(cube)]);
  const spectrum = (values: ArrayLike<number | bigint>, { row, column }: Point): number[] =>
    Array.from({ length: bands }, (_, band) => Number(values[(band * height + row) * width + column]));
  const charts = points.map((point, index) => ({
    title: `${index + 1}: row ${point.row}, column ${point.column}`,
    curves: [
      { name: 'true', values: spectrum(truth, point) },
      { name: scene.captions[1], values: spectrum(made, point) },
    ],
  }));
  const numbers = Array.from({ length: bands }, (_, band) => band + 1);
  return spectraSvg(charts, scene.wavelengths ?? numbers);
}
