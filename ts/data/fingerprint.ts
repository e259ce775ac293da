import { createHash, type Hash } from 'node:crypto';
import { RandomAccessFile } from '../io/file.js';

/** How much of each file is hashed. `sampled`: files up to 1 MiB whole, of larger ones 16 blocks of 64 KiB, evenly
 * spaced, the first and last bytes among them. `full`: every byte. */
export type FingerprintMode = 'sampled' | 'full';

const wholeBelow = 1 << 20;
const block = 1 << 16;
const blocks = 16;
const readAtOnce = 1 << 22;

async function hashFile(hash: Hash, path: string, mode: FingerprintMode): Promise<void> {
  await RandomAccessFile.use(path, 'DATA', async (file) => {
    hash.update(`${file.size}\n`);
    if (mode === 'sampled' && file.size > wholeBelow) {
      const step = (file.size - block) / (blocks - 1);
      for (let i = 0; i < blocks; i++) hash.update(await file.read(Math.floor(i * step), block, 'a block'));
      return;
    }
    for (let offset = 0; offset < file.size; offset += readAtOnce)
      hash.update(await file.readUpTo(offset, readAtOnce));
  });
}

/** A hash of named scenes and the content of their files, independent of where they lie and of the order they are
 * listed in: `sha256-sampled:<hex>` or `sha256-full:<hex>`. Changing, adding, removing or renaming a scene changes it; with
 * `sampled`, a change between the sampled blocks of a large file that keeps its size does not.
 * @throws {DataError} `DATA_MISSING`, `DATA_UNREADABLE`, `DATA_EMPTY`. */
export async function fingerprintFiles(
  scenes: readonly { name: string; files: readonly string[] }[],
  mode: FingerprintMode = 'sampled',
): Promise<string> {
  const hash = createHash('sha256').update('hyperlift data 1\n');
  const ordered = [...scenes].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const { name, files } of ordered) {
    hash.update(`${JSON.stringify(name)} ${files.length}\n`);
    for (const path of files) await hashFile(hash, path, mode);
  }
  return `sha256-${mode}:${hash.digest('hex')}`;
}
