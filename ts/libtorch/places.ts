import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../package-root.js';

/** Where fetched LibTorch folders live: one folder each, named `<version>-<cpu|cuXXX>`. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hyperlift', 'libtorch');
}

/** The file that remembers `hyperlift libtorch use FOLDER`. */
export function choiceFile(): string {
  return join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'hyperlift', 'libtorch.json');
}

/** The LibTorch release that this version of hyperlift is published for. */
export function ownVersion(): string {
  const description: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  const { libtorch } = description as { libtorch: { version: string } };
  return libtorch.version;
}

/** The package that carries LibTorch's CPU libraries for this machine. */
export function platformPackage(): string {
  return `hyperlift-libtorch-${process.platform}-${process.arch}-cpu`;
}

/** Minor releases that the sources compile against. */
export const buildableMinors: readonly string[] = ['2.11', '2.12', '2.13', '2.14'];
