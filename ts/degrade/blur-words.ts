import { ConfigError } from '../errors.js';
import { type BlurKernel, gaussianKernel, readKernelCsv } from './blur-kernel.js';

const forms = 'FILE.csv, gaussian:SIGMA, gaussian:S1,S2,ANGLE or point-spread';
const gaussian = 'gaussian:';

/** Whether the words name a table in a file. */
export function isKernelFile(words: string): boolean {
  return /\.csv$/i.test(words);
}

/** The blur that a word of an option stands for: `gaussian:1.6`, `gaussian:3,1,30` (deviations along and across, angle in degrees),
 * `point-spread`, or the name of a `.csv` table.
 * @returns what `degrade` takes as `kernel`.
 * @throws {ConfigError} `CONFIG_VALUE` for anything else; {DataError} of {@link readKernelCsv}.
 * @example const low = await degrade(cube, { scale: 4, kernel: await blurOf('gaussian:1.6') }); */
export async function blurOf(words: string): Promise<BlurKernel | 'point-spread'> {
  if (words === 'point-spread') return words;
  if (words.startsWith(gaussian)) return gaussianOf(words);
  if (isKernelFile(words)) return readKernelCsv(words);
  throw new ConfigError('CONFIG_VALUE', `kernel is '${words}'; ${forms} was expected`);
}

function gaussianOf(words: string): BlurKernel {
  const parts = words.slice(gaussian.length).split(',');
  const [first = Number.NaN, second, angle] = parts.map((part) =>
    part.trim() === '' ? Number.NaN : Number(part),
  );
  const one = parts.length === 1;
  if (![first, second ?? 0, angle ?? 0].every(Number.isFinite) || !(one || parts.length === 3)) {
    throw new ConfigError('CONFIG_VALUE', `kernel is '${words}'; ${forms} was expected`);
  }
  return second === undefined || angle === undefined
    ? gaussianKernel({ deviation: first })
    : gaussianKernel({ deviation: [first, second], angle });
}
