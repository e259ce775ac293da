import { stat } from 'node:fs/promises';
import { findBandSeries } from './pictures/band-files.js';

/** Bytes that a cube takes on the disk: of its file, or of the pictures of its bands. */
export async function cubeBytes(path: string): Promise<number> {
  const facts = await stat(path);
  if (!facts.isDirectory()) return facts.size;
  const { files } = await findBandSeries(path);
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
