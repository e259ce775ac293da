import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnvironmentError } from './errors.js';

let found: string | undefined;

function isOurs(folder: string): boolean {
  try {
    const description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown };
    return description.name === 'hyperlift';
  } catch {
    return false;
  }
}

/** The folder of hyperlift's own package.json, searched upwards from this file: sources, build folder and installed
 * package differ in depth. */
export function packageRoot(): string {
  if (found !== undefined) return found;
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!isOurs(folder)) {
    const above = dirname(folder);
    if (above === folder) {
      throw new EnvironmentError(
        'ADDON_PACKAGE',
        `no package.json of hyperlift above ${fileURLToPath(import.meta.url)}`,
      );
    }
    folder = above;
  }
  found = folder;
  return folder;
}
