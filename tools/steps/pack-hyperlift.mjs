import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmPack, platformPackageName } from './pack.mjs';

/** What npm takes along anyway, beside `files`. */
const always = ['README.md', 'LICENSE'];

/** Packs hyperlift from a copy, whose package.json differs from ours: the platform package is among its optional
 * dependencies, with its exact version (a clone does not need it and must install without), and scripts and tools of
 * development are gone. */
export async function packHyperlift(root, folder, libtorch) {
  const description = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { scripts: _scripts, devDependencies: _tools, ...published } = description;
  published.optionalDependencies = {
    ...description.optionalDependencies,
    [platformPackageName()]: libtorch.version,
  };
  const copy = join(folder, 'hyperlift');
  mkdirSync(copy, { recursive: true });
  const wanted = (source) => !/\.(map|tsbuildinfo)$|docs\/api(\/|$)/.test(source);
  for (const name of [...description.files, ...always])
    cpSync(join(root, name), join(copy, name), { recursive: true, filter: wanted });
  writeFileSync(join(copy, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
  return npmPack(copy, folder);
}
