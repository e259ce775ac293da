import type { CubeReader, CubeWindow } from '../data/index.js';
import { DataError } from '../errors.js';
import {
  type CubeSums,
  cubeSums,
  type FirstNotFinite,
  firstNotFinite,
  haloOf,
  mergedSums,
  type NotFiniteChoice,
  notFiniteError,
  type ProtocolName,
  protocols,
  rangesOf,
  type SceneScores,
  sceneScores,
  type SumOptions,
  sumOptionsOf,
} from '../metrics/index.js';
import { type NativeTensor, native } from '../native/index.js';
import type { ResultPair } from './result-pairs.js';
import { ignoredIn, scaledTensor } from './scaled-values.js';

/** How the files of a pair are scored. */
export interface StripOptions {
  protocol: ProtocolName;
  notFinite: NotFiniteChoice;
  /** Bytes that a strip of both cubes may take. */
  memory: number;
  signal?: AbortSignal | undefined;
}

/** Lines (rows, or columns where both files lie so) of a scene that are read at once. */
interface Strip {
  start: number;
  /** That count. */
  count: number;
  /** That are read: more where windows reach below. */
  read: number;
}

const perStrip = 8 * 2 ** 20;

/** How many lines make a strip: as many as 8 MiB of values of a cube (a copy of so many holds up the event
 * loop for a few milliseconds), but at least twice what windows reach into, as far as memory
 * allows. Beside the values as stored and in float32 there are copies without the border. */
function linesPerStrip(lineValues: number, halo: number, memory: number): number {
  const bytesPerLine = lineValues * 2 * (8 + 4 + 4);
  const allowed = Math.floor(memory / bytesPerLine) - halo;
  const wanted = Math.max(Math.floor(perStrip / (4 * lineValues)), 2 * halo, 1);
  return Math.max(1, Math.min(wanted, allowed));
}

function* stripsOf(from: number, to: number, lines: number, halo: number): Generator<Strip> {
  for (let start = from; start < to; start += lines) {
    const count = Math.min(lines, to - start);
    yield { start, count, read: Math.min(count + halo, to - start) };
  }
}

/** Values of a part, scaled to [0, 1]: `[bands, height, width]`. */
async function scaled(reader: CubeReader, window: Required<CubeWindow>): Promise<NativeTensor> {
  const shape = [window.bands.length, window.height, window.width];
  return scaledTensor(await reader.read(window), shape, reader.info);
}

/** Sums of a whole scene, strip by strip. */
class SceneSums {
  sums: CubeSums | null = null;
  first: FirstNotFinite | null = null;

  constructor(
    private readonly made: CubeReader,
    private readonly truth: CubeReader,
    private readonly options: SumOptions,
    /** Columns are read as if they were rows: every score is the same for an image and its mirror image at the diagonal. */
    private readonly turned: boolean,
  ) {}

  async add(window: Required<CubeWindow>, count: number): Promise<void> {
    const tensors = [await scaled(this.made, window), await scaled(this.truth, window)];
    try {
      if (this.turned) {
        for (const tensor of [...tensors]) {
          tensors.push(...native().view('permute', [tensor], { dims: [0, 2, 1] }, false));
        }
      }
      const [e, t] = tensors.slice(-2);
      if (e === undefined || t === undefined) return;
      const sums = await cubeSums(e, t, { ...this.options, rows: count, skip: true });
      this.first ??= await this.placed(sums, e, t, window);
      this.sums = this.sums === null ? sums : mergedSums(this.sums, sums);
    } finally {
      for (const tensor of tensors) tensor.dispose();
    }
  }

  private async placed(
    sums: CubeSums,
    e: NativeTensor,
    t: NativeTensor,
    { bands, row, column }: Required<CubeWindow>,
  ): Promise<FirstNotFinite | null> {
    const found = await firstNotFinite(sums, e, t);
    if (found === null) return null;
    const [band, down, right] = found.place;
    const [rows, columns] = this.turned ? [right, down] : [down, right];
    return { ...found, place: [bands[band] ?? band, row + rows, column + columns] };
  }
}

/** @throws {DataError} `DATA_SIZE_MISMATCH`, naming both files. */
function requireOneSize({ name, result, truth }: ResultPair, made: CubeReader, known: CubeReader): void {
  const size = ({ info }: CubeReader): string => `${info.bands} x ${info.height} x ${info.width}`;
  if (size(made) === size(known)) return;
  throw new DataError(
    'DATA_SIZE_MISMATCH',
    `${name}: ${result.cubePath} is ${size(made)} and the true cube ${truth.cubePath} is ${size(known)} (bands x height x width); they must be of one size`,
  );
}

/** Opens both cubes of a pair; they are closed after `use`. */
async function withCubes<T>(
  { result, truth }: ResultPair,
  use: (made: CubeReader, truth: CubeReader) => Promise<T>,
): Promise<T> {
  const known = await truth.openCube();
  try {
    const made = await result.openCube();
    return await use(made, known).finally(() => made.close());
  } finally {
    await known.close();
  }
}

/** Scores a cube of a file against the true cube of another, strip by strip, so that neither has to fit into memory. The scores are those
 * of the whole cubes up to rounding (1e-12 of a value). Pixels where the true file says that it has no value do not count.
 * @throws {DataError} `DATA_SIZE_MISMATCH`, `DATA_NOT_FINITE`, and the readers' errors. */
export async function scoreFilePair(pair: ResultPair, options: StripOptions): Promise<SceneScores> {
  return withCubes(pair, async (made, truth) => {
    requireOneSize(pair, made, truth);
    const protocol = protocols[options.protocol];
    const { bands: count, height, width } = truth.info;
    const [bands, rows, columns] = rangesOf([count, height, width], protocol, pair.name);
    const turned = made.lines === 'columns' && truth.lines === 'columns';
    const [along, across] = turned ? [columns, rows] : [rows, columns];
    const ignored = await ignoredIn(truth.info);
    const asked = { ...sumOptionsOf(protocol), ...(ignored === undefined ? {} : { ignored }) };
    const halo = haloOf(asked);
    const chosen = Array.from({ length: bands[1] - bands[0] }, (_, i) => bands[0] + i);
    const lineValues = chosen.length * (across[1] - across[0]);
    const scene = new SceneSums(made, truth, asked, turned);
    for (const strip of stripsOf(...along, linesPerStrip(lineValues, halo, options.memory), halo)) {
      options.signal?.throwIfAborted();
      const one = { start: across[0], length: across[1] - across[0] };
      const window = turned
        ? { row: one.start, height: one.length, column: strip.start, width: strip.read }
        : { row: strip.start, height: strip.read, column: one.start, width: one.length };
      await scene.add({ ...window, bands: chosen }, strip.count);
    }
    if (scene.sums === null) throw new RangeError('a cube has a strip at least');
    if (scene.first !== null && options.notFinite === 'refuse') {
      throw notFiniteError(pair.name, scene.first, scene.sums);
    }
    const pixels = (rows[1] - rows[0]) * (columns[1] - columns[0]);
    return sceneScores(pair.name, protocol, scene.sums, pixels);
  });
}
