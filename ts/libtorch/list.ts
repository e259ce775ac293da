import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { chosenFolder, type LibTorchOrigin, locateLibTorch, platformPackageFolder } from './locate.js';
import { cacheFolder } from './places.js';
import { type LibTorchFacts, readLibTorch } from './version.js';

/** A LibTorch at hand; `current` is the one that would be loaded now. */
export interface ListedLibTorch extends LibTorchFacts {
  from: LibTorchOrigin;
  current: boolean;
}

/** Every LibTorch that discovery knows of, in the order in which it looks. */
export function listLibTorch(): ListedLibTorch[] {
  const cached = existsSync(cacheFolder()) ? readdirSync(cacheFolder()).sort() : [];
  const places: [LibTorchOrigin, string | null | undefined][] = [
    ['environment', process.env.LIBTORCH],
    ['chosen', chosenFolder()],
    ['platform-package', platformPackageFolder()],
    ...cached
      .filter((name) => !name.startsWith('.'))
      .map((name): [LibTorchOrigin, string] => ['cache', join(cacheFolder(), name)]),
  ];
  const current = currentFolder();
  return places.flatMap(([from, folder]) => {
    const facts = folder ? readLibTorch(folder) : null;
    return facts === null ? [] : [{ ...facts, from, current: facts.folder === current }];
  });
}

function currentFolder(): string | null {
  try {
    return locateLibTorch().folder;
  } catch {
    return null;
  }
}
