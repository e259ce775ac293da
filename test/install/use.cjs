// A user's script, as CommonJS: Node loads ES modules by require.
const { mkdir, writeFile } = require('node:fs/promises');
const { join } = require('node:path');
const { readCube, reconstruct, train } = require('hyperlift');
const sharp = require('sharp');

async function main() {
  const folder = 'use-cjs';
  await mkdir(join(folder, 'photos'), { recursive: true });
  for (const name of ['a.png', 'b.png']) {
    const pixels = Uint8Array.from(
      { length: 64 * 48 * 3 },
      (_, i) => (i * 37 + name.charCodeAt(0) * 11) % 251,
    );
    const image = sharp(pixels, { raw: { width: 48, height: 64, channels: 3 } });
    await writeFile(join(folder, 'photos', name), await image.png().toBuffer());
  }
  const run = await train({
    model: 'mstpp',
    paradigm: 'unsupervised',
    data: join(folder, 'photos'),
    out: join(folder, 'run'),
    steps: 3,
    batch: 1,
    patch: 32,
    perceptualWeight: 0,
  });
  console.log(`trained ${run.steps} steps`);
  const out = join(folder, 'cube.mat');
  await reconstruct({ images: [join(folder, 'photos', 'a.png')], checkpoint: join(folder, 'run'), out });
  const cube = await readCube(out);
  console.log(`cube ${cube.bands}x${cube.height}x${cube.width}`);
}

main();
