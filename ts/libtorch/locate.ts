import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EnvironmentError } from '../errors.js';
import { packageRoot } from '../package-root.js';
import { buildableMinors, cacheFolder, choiceFile, ownVersion, platformPackage } from './places.js';
import { type LibTorchFacts, minorOf, readLibTorch, titleOf } from './version.js';

/** Where a LibTorch was found. */
export type LibTorchOrigin = 'environment' | 'chosen' | 'platform-package' | 'cache';

/** A LibTorch that can be loaded or built against. */
export interface LibTorch extends LibTorchFacts {
  /** The folder of its shared libraries. */
  lib: string;
  from: LibTorchOrigin;
  /** One sentence that says which one it is and why it was taken. */
  why: string;
}

export interface LocateOptions {
  /** Only one whose headers are there can be built against; the platform package has none. */
  forBuilding?: boolean;
}

interface Place {
  from: LibTorchOrigin;
  folder: string;
  because: string;
  /** A place that the user named: what is wrong there is an error, not a reason to look elsewhere. */
  named: boolean;
}

/** Finds LibTorch without loading it: LIBTORCH in the environment, then `hyperlift libtorch use`, then the platform
 * package, then our cache folder. Quick enough for every start.
 * @throws {EnvironmentError} `LIBTORCH_MISSING` names each place and what to do; `LIBTORCH_VERSION` when the
 * one that was named is too old or too new. */
export function locateLibTorch({ forBuilding = false }: LocateOptions = {}): LibTorch {
  const tried: string[] = [];
  for (const place of places(tried)) {
    const facts = readLibTorch(place.folder);
    if (facts === null || (forBuilding && !facts.headers)) {
      const lack =
        facts === null ? 'lib/libtorch_cpu, lib/libc10 and a version file' : 'headers (include/torch)';
      if (place.named) throw notThere(place, lack);
      tried.push(`${place.because}: ${place.folder} has no ${lack}`);
      continue;
    }
    if (place.named) checkSupported(facts, place);
    const why = `${titleOf(facts)} ${place.because}: ${facts.folder}`;
    return { ...facts, lib: join(facts.folder, 'lib'), from: place.from, why };
  }
  throw new EnvironmentError('LIBTORCH_MISSING', missingMessage(tried));
}

function* places(tried: string[]): Generator<Place> {
  const set = process.env.LIBTORCH;
  if (set)
    yield { from: 'environment', folder: set, because: 'from LIBTORCH in the environment', named: true };
  else tried.push('LIBTORCH is not set in the environment');

  const chosen = chosenFolder();
  if (chosen !== null) {
    yield { from: 'chosen', folder: chosen, because: 'chosen by `hyperlift libtorch use`', named: true };
  } else tried.push('no choice was made with `hyperlift libtorch use`');

  const name = platformPackage();
  const installed = platformPackageFolder();
  if (installed !== null) {
    yield { from: 'platform-package', folder: installed, because: `from the package ${name}`, named: false };
  } else tried.push(`the package ${name} is not installed`);

  const cached = cachedFolders();
  for (const folder of cached) yield { from: 'cache', folder, because: 'from our cache', named: false };
  if (cached.length === 0) tried.push(`nothing of ${minorOf(ownVersion())} in ${cacheFolder()}`);
}

/** The folder that `hyperlift libtorch use` remembers, or null.
 * @throws {EnvironmentError} `LIBTORCH_CHOICE_DAMAGED` when its file cannot be read. */
export function chosenFolder(): string | null {
  const file = choiceFile();
  if (!existsSync(file)) return null;
  try {
    const { folder } = JSON.parse(readFileSync(file, 'utf8')) as { folder?: unknown };
    if (typeof folder === 'string') return folder;
  } catch {
    // Falls through: damaged is damaged, whichever way.
  }
  throw new EnvironmentError(
    'LIBTORCH_CHOICE_DAMAGED',
    `${file} should hold {"folder": "..."} and does not: remove it, or run \`hyperlift libtorch use FOLDER\` again`,
  );
}

/** The installed platform package, or null. It stands beside hyperlift, or above it. */
export function platformPackageFolder(): string | null {
  try {
    const require = createRequire(join(packageRoot(), 'package.json'));
    return dirname(require.resolve(`${platformPackage()}/package.json`));
  } catch {
    return null;
  }
}

/** Cached folders of our own minor release, the CPU build of the very release first: one with CUDA is taken when
 * the user says so (`libtorch use`). */
function cachedFolders(): string[] {
  const own = ownVersion();
  const names = existsSync(cacheFolder()) ? readdirSync(cacheFolder()) : [];
  const rank = (name: string) => (name === `${own}-cpu` ? 0 : name.endsWith('-cpu') ? 1 : 2);
  return names
    .filter((name) => name.startsWith(`${minorOf(own)}.`) && /^[\d.]+-(cpu|cu\w+)$/.test(name))
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    .map((name) => join(cacheFolder(), name));
}

function notThere(place: Place, lack: string): EnvironmentError {
  return new EnvironmentError(
    'LIBTORCH_MISSING',
    `${place.folder} (${place.because}) has no ${lack}: expected the folder of an unpacked LibTorch, or the torch ` +
      `folder of a Python torch, of ${minorOf(ownVersion())}`,
  );
}

function checkSupported(facts: LibTorchFacts, place: Place): void {
  if (buildableMinors.includes(minorOf(facts.version))) return;
  throw new EnvironmentError(
    'LIBTORCH_VERSION',
    `LibTorch ${facts.version} in ${place.folder} (${place.because}) does not fit: expected one of ` +
      `${buildableMinors.join(', ')}, best ${ownVersion()}`,
  );
}

function missingMessage(tried: string[]): string {
  return (
    `LibTorch was not found. Tried: ${tried.join('; ')}. Run \`npx hyperlift libtorch install\`, install the package ` +
    `${platformPackage()}, or set LIBTORCH to the folder of a LibTorch ${minorOf(ownVersion())}`
  );
}
