import { basename, dirname, extname, join } from 'node:path';
import { ConfigError } from '../errors.js';
import { formatNamed } from '../data/index.js';
import { sinkFormatOf } from './sink.js';

/** Where the cube of an image goes. */
export interface Output {
  image: string;
  /** File, or folder of PNGs, of the cube. */
  cube: string;
  /** Its container, by the word of options. */
  format: string;
}

const stemOf = (path: string): string => basename(path, extname(path));

/** A name beside a cube's: `photo.mat` and `uncertainty` give `photo-uncertainty.mat`. */
export function beside(cube: string, word: string, ending = extname(cube)): string {
  return join(dirname(cube), `${stemOf(cube)}-${word}${ending}`);
}

/** Settles names before anything is read: a single image goes to `out` itself, several into the folder `out`; without `out` each
 * goes beside its image.
 * @param suffix follows the name of the image in names that are not given.
 * @throws {ConfigError} `CONFIG_OUT` when two images would go to one name. @throws {DataError} `DATA_FORMAT`. */
export function settleOutputs(
  images: readonly string[],
  out: string | undefined,
  format: string | undefined,
  suffix = '',
): Output[] {
  const [only] = images;
  if (only === undefined) throw new ConfigError('CONFIG_MISSING', 'at least one image or cube is needed');
  if (images.length === 1 && out !== undefined) {
    return [{ image: only, cube: out, format: format ?? sinkFormatOf(out) }];
  }
  const chosen = format ?? 'mat';
  const [ending = ''] = formatNamed(chosen).extensions;
  const outputs = images.map((image) => {
    const name = `${stemOf(image)}${suffix}`;
    const cube = join(out ?? dirname(image), `${name}${ending}`);
    return { image, cube, format: chosen };
  });
  outputs.forEach(({ image, cube }, index) => {
    const twin = outputs.find((other, place) => place < index && other.cube === cube);
    if (twin === undefined) return;
    throw new ConfigError(
      'CONFIG_OUT',
      `${twin.image} and ${image} would both be written to ${cube}: rename one`,
    );
  });
  return outputs;
}
