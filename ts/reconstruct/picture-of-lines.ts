import { nextTurn } from '../data/cube.js';
import { recordedResponse } from '../degrade/index.js';
import { type Picture, panelsPng } from '../evaluate/panels.js';
import { distinctPoints, type Point } from '../evaluate/points.js';
import { sourcePicture } from '../evaluate/source-picture.js';
import { chartPng, spectraSvg } from '../evaluate/spectra-chart.js';
import { cameraView, viewTable } from '../evaluate/view-table.js';
import { writeAtomically } from '../io/index.js';
import { type NativeTensor, native } from '../native/index.js';
import type { SourceImage } from './network.js';
import type { OpenNetwork } from './open-network.js';
import type { SinkPlan } from './sink.js';

/** Makes the pictures of a cube while its lines pass by: its pseudo-RGB, and the spectra of a few points. */
export class PictureOfLines {
  private readonly bytes: Uint8Array;
  private readonly table: number[];
  private readonly spectra = new Map<Point, number[]>();

  private constructor(
    private readonly input: Picture,
    private readonly points: readonly Point[],
    private readonly plan: SinkPlan,
    private readonly lines: 'rows' | 'columns',
    private readonly made: string,
  ) {
    this.bytes = new Uint8Array(3 * plan.height * plan.width);
    this.table = viewTable(plan.bands, plan.wavelengths);
  }

  /** Looks at the input and picks the points. */
  static async open(
    image: SourceImage,
    { facts }: OpenNetwork,
    plan: SinkPlan,
    lines: 'rows' | 'columns',
  ): Promise<PictureOfLines> {
    const input = await sourcePicture(image, cameraView(recordedResponse(facts.rgb)));
    return new PictureOfLines(input, distinctPoints(input), plan, lines, 'reconstructed');
  }

  /** The same for a cube that becomes `scale` times larger. */
  static async enlarged(
    image: SourceImage,
    scale: number,
    plan: SinkPlan,
    lines: 'rows' | 'columns',
  ): Promise<PictureOfLines> {
    const input = await sourcePicture(image, viewTable(plan.bands, plan.wavelengths));
    const centre = (place: number): number => place * scale + Math.floor(scale / 2);
    const points = distinctPoints(input).map(({ row, column }) => ({
      row: centre(row),
      column: centre(column),
    }));
    return new PictureOfLines(input, points, plan, lines, 'enlarged');
  }

  /** Takes finished lines, as a tensor `[bands, count, across]` and as its values. */
  async add(start: number, count: number, values: NativeTensor, numbers: Float32Array): Promise<void> {
    const picture = await native().srgbPicture(values, this.table); // [count, across, 3]
    const part = (await native().toTypedArray(picture)) as Uint8Array;
    picture.dispose();
    if (this.lines === 'rows') this.bytes.set(part, 3 * start * this.plan.width);
    else await this.addColumns(start, count, part);
    const across = this.lines === 'rows' ? this.plan.width : this.plan.height;
    for (const point of this.points) {
      const [line, place] = this.lines === 'rows' ? [point.row, point.column] : [point.column, point.row];
      if (line < start || line >= start + count) continue;
      const at = (line - start) * across + place;
      const spectrum = Array.from(
        { length: this.plan.bands },
        (_, b) => numbers[b * count * across + at] ?? 0,
      );
      this.spectra.set(point, spectrum);
    }
  }

  private async addColumns(start: number, count: number, part: Uint8Array): Promise<void> {
    const { height, width } = this.plan;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < count; column++) {
        const from = 3 * (column * height + row);
        this.bytes.set(part.subarray(from, from + 3), 3 * (row * width + start + column));
      }
      if (row % 256 === 255) await nextTurn();
    }
  }

  /** Writes the pictures.
   * @param nameOf makes a file name from a word and an ending. @returns the files. */
  async write(nameOf: (word: string, ending: string) => string): Promise<string[]> {
    const { height, width, bands } = this.plan;
    const cube = { bytes: this.bytes, height, width };
    const png = await panelsPng([
      { caption: 'input', picture: this.input },
      { caption: `${this.made} cube, pseudo-RGB`, picture: cube, marks: this.points },
    ]);
    const wavelengths = this.plan.wavelengths ?? Array.from({ length: bands }, (_, band) => band + 1);
    const charts = this.points.map((point, index) => ({
      title: `${index + 1}: row ${point.row}, column ${point.column}`,
      curves: [{ name: this.made, values: this.spectra.get(point) ?? [] }],
    }));
    const svg = await spectraSvg(charts, wavelengths);
    const files: [string, Buffer | string][] = [
      [nameOf('picture', '.png'), png],
      [nameOf('spectra', '.svg'), svg],
      [nameOf('spectra', '.png'), await chartPng(svg)],
    ];
    for (const [file, content] of files) await writeAtomically(file, (handle) => handle.writeFile(content));
    return files.map(([file]) => file);
  }
}
