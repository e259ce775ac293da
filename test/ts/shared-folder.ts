import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Upward from this file to the folder that holds package.json. */
function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The project's folder. */
export const root: string = projectRoot();

/** A path in the folder of real data beside the project (`../shared`), or null where it is not there. */
export function sharedFolder(...parts: string[]): string | null {
  const places = ['../shared', '../../shared'].map((place) => join(root, place, ...parts));
  return places.find((place) => existsSync(place)) ?? null;
}

/** Committed fixtures. */
export function fixture(...parts: string[]): string {
  return join(root, 'test', 'fixtures', ...parts);
}
