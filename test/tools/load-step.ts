import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../ts/package-root.js';

/** The tools are plain Node modules outside the compiled tree; each test states the part it uses. */
export async function loadStep<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(join(packageRoot(), 'tools', 'steps', `${name}.mjs`)).href)) as T;
}
