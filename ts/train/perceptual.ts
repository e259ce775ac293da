import { createHash } from 'node:crypto';
import { ModelError } from '../errors.js';
import { readWeights, type TensorEntries } from '../io/index.js';
import type { NativeTensor } from '../native/index.js';
import type { RunOptions } from './run-options.js';
import { tensorsOf } from './tensors.js';

/** What the perceptual term of a run looks at. */
export interface Perceptual {
  /** VGG-16's first layers of the user's; undefined for random ones, or none. */
  features: Map<string, NativeTensor> | undefined;
  /** For the checkpoint: `none`, `random`, or a hash of the weights. */
  record: string;
  /** Said aloud at the start. */
  notice: string | null;
}

/** The layers that the perceptual term passes through, by torchvision's numbering. */
const layers = [0, 2, 5, 7, 10, 12, 14];
const keys = layers.flatMap((layer) => [`features.${layer}.weight`, `features.${layer}.bias`]);

/** Reads the weights of the perceptual term, where it is on and a file was given.
 * @throws {ModelError} `CHECKPOINT_KEYS` for a file without VGG-16's layers. */
export async function openPerceptual({
  paradigm,
  perceptualWeight,
  perceptualWeights: file,
}: RunOptions): Promise<Perceptual> {
  if (paradigm === 'supervised' || perceptualWeight === 0) {
    return { features: undefined, record: 'none', notice: null };
  }
  if (file === undefined) {
    const notice =
      'the perceptual term compares fixed random features (He-normal, seeded): give --perceptual-weights with ' +
      "torchvision's vgg16 .pth for trained ones, or --perceptual-weight 0 to leave the term out";
    return { features: undefined, record: 'random', notice };
  }
  const { tensors } = await readWeights(file);
  const chosen: TensorEntries = new Map();
  const hash = createHash('sha256');
  for (const key of keys) {
    const entry = tensors.get(key);
    if (entry === undefined) {
      throw new ModelError(
        'CHECKPOINT_KEYS',
        `${file} holds no '${key}': expected torchvision's vgg16, as its vgg16-*.pth files have it`,
      );
    }
    chosen.set(key, entry);
    hash.update(`${key} ${entry.dtype} ${entry.shape.join('x')}\n`).update(entry.data);
  }
  const notice = `the perceptual term compares the features of ${file}`;
  return { features: tensorsOf(chosen), record: `sha256:${hash.digest('hex')}`, notice };
}
