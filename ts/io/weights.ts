import { RandomAccessFile } from './file.js';
import { isPth, readPth } from './pth.js';
import { readSafetensors } from './safetensors.js';
import type { TensorEntries } from './tensor-entry.js';

/** Weights of a file of either kind. */
export interface WeightsFile {
  tensors: TensorEntries;
  container: 'safetensors' | 'zip' | 'legacy';
  /** Of a safetensors file: the strings of its header. Of a `.pth`: the plain values beside the weights. */
  metadata: Record<string, unknown>;
  /** Where in a `.pth` the weights were; null when it holds nothing else, and for safetensors. */
  under: string | null;
  /** What was done to the names, in words for the user. */
  notes: string[];
}

/** Reads weights from a safetensors file or a `torch.save` file, told by content.
 * @throws {ModelError} `CHECKPOINT_*`: missing, cut off, damaged, unsafe, or of several networks. */
export async function readWeights(path: string, { key }: { key?: string } = {}): Promise<WeightsFile> {
  const firstBytes = await RandomAccessFile.use(path, 'CHECKPOINT', (file) => file.readUpTo(0, 8));
  if (isPth(firstBytes)) return readPth(path, key === undefined ? {} : { key });
  return { ...(await readSafetensors(path)), container: 'safetensors', under: null, notes: [] };
}
