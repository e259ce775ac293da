import { angleRules, cubeSums, gaussianSsim, psnr, samByRule } from '../../metrics/index.js';
import { fineSr } from '../../refine/index.js';
import { fromTypedArray, type Tensor } from '../../tensor/index.js';
import { type Deviation, relativeError } from '../agreement.js';
import type { GoldenFile } from '../golden-file.js';

interface Case {
  upscaled: Tensor<'float64'>;
  half: Tensor<'float64'>;
  truth: Tensor<'float64'>;
  iterations: number;
}

/** Every case of the fine stage in double, its scores after each iteration, and the same result in strips. */
export async function checkFineSr(golden: GoldenFile): Promise<Deviation[]> {
  const cases = golden.below('input/').flatMap((name) => (name.endsWith('/sr') ? [name.slice(0, -3)] : []));
  const result: Deviation[] = [];
  for (const name of cases) {
    const read = (part: string) => {
      const entry = `input/${name}/${part}`;
      return fromTypedArray(golden.values(entry), golden.entry(entry).shape);
    };
    using upscaled = read('sr');
    using half = read('lr2');
    using truth = read('hr');
    const iterations = golden.values(`output/${name}/c`).length;
    for (const [part, values] of Object.entries(await run({ upscaled, half, truth, iterations }))) {
      const error = relativeError(values, golden.values(`output/${name}/${part.replace(/ .*/, '')}`));
      result.push({ name: `${name}/${part}`, of: 'output', error, allowed: 1e-9 });
    }
  }
  return result;
}

async function run({ upscaled, half, truth, iterations }: Case): Promise<Record<string, ArrayLike<number>>> {
  const { refined, history } = await fineSr(upscaled, half, { iterations });
  using y = refined;
  using strips = (await fineSr(upscaled, half, { iterations, rows: 6 })).refined;
  using down = await upscaled.imresize({ scale: 0.5 });
  return {
    y: await y.toTypedArray(),
    'y in strips': await strips.toTypedArray(),
    down: await down.toTypedArray(),
    c: history.map(({ constraint }) => constraint),
    sam_deg: history.map(({ angle }) => angle),
    psnr_iter: await psnrOfIterations({ upscaled, half, truth, iterations }),
    metrics_before: await scoresOf(upscaled, truth),
    metrics_after: await scoresOf(y, truth),
  };
}

async function psnrOfIterations({ upscaled, half, truth, iterations }: Case): Promise<number[]> {
  const values: number[] = [];
  for (let count = 1; count <= iterations; count++) {
    using refined = (await fineSr(upscaled, half, { iterations: count })).refined;
    values.push((await scoresOf(refined, truth))[0] ?? Number.NaN);
  }
  return values;
}

/** PSNR.m, SSIM.m and SAM.m of the authors. */
async function scoresOf(estimate: Tensor, truth: Tensor): Promise<number[]> {
  const sums = await cubeSums(estimate.native, truth.native, {
    clip: false,
    mraeFloor: 0,
    ssimRanges: [],
    angles: [angleRules.finesr],
    windows: ['double'],
  });
  return [psnr(sums), gaussianSsim(sums), samByRule(sums)];
}
