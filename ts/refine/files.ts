import { checkedOptions } from '../config/checked.js';
import { type RefineGiven, refineTable } from '../config/index.js';
import { readCube } from '../data/index.js';
import { native } from '../native/index.js';
import { sinkFormatOf } from '../reconstruct/sink.js';
import { writeWholeCube } from '../reconstruct/write-cube.js';
import { Tensor } from '../tensor/index.js';
import { packageVersion } from '../version.js';
import { fineSr } from './fine-sr.js';

/** What `refine` returns. */
export interface RefineResult {
  cube: string;
  /** Weight of the last correction: the angle, at most 1. */
  constraint: number;
  /** Mean spectral angle in degrees between the cube made half as large and its companion. */
  angle: number;
}

/** FineSR on files: reads a cube enlarged by any method and the same cube enlarged half as much, writes the corrected cube, clipped to
 * [0, 1].
 * @throws ConfigError `CONFIG_*`; DataError `DATA_*` naming the file, `DATA_SIZE_MISMATCH` for sizes that are not twice each other.
 * @example await refine({ upscaled: 'x4.mat', half: 'x2.mat', out: 'refined.mat' }); */
export async function refine(given: RefineGiven): Promise<RefineResult> {
  const { upscaled, half, out, iterations, threads } = checkedOptions(refineTable, given);
  const format = sinkFormatOf(out);
  if (threads !== undefined) native().setThreads(threads);
  const [large, wavelengths] = await read(upscaled);
  const [small] = await read(half);
  try {
    const { refined, constraint, angle } = await fineSr(large, small, { iterations });
    const [bands = 0, height = 0, width = 0] = refined.shape;
    const notes = { made_by: `hyperlift ${packageVersion()}, FineSR of ${upscaled} by ${half}` };
    const plan = { bands, height, width, wavelengths, notes };
    await native().clampUnit(refined.native);
    await writeWholeCube(refined.native, {
      output: { image: upscaled, cube: out, format },
      plan,
      pictures: null,
    }).finally(() => refined.dispose());
    return { cube: out, constraint, angle };
  } finally {
    large.dispose();
    small.dispose();
  }
}

async function read(file: string): Promise<[Tensor<'float32'>, number[] | null]> {
  const { data, dtype, bands, height, width, fullScale, wavelengths } = await readCube(file);
  const stored = native().fromTypedArray(data, [bands, height, width], dtype, 'cpu');
  const scaled = await native()
    .scaledValues(stored, fullScale)
    .finally(() => stored.dispose());
  return [new Tensor<'float32'>(scaled), wavelengths];
}
