import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, errorFor } from '../errors.js';
import { checkLoadable, type LibTorch, locateAddon, locateLibTorch } from '../libtorch/index.js';
import { librarySuffix, minorOf } from '../libtorch/version.js';
import type { NativeAddon } from './types.js';

export type * from './types.js';

const requireHere = createRequire(import.meta.url);
let loaded: NativeAddon | undefined;

/** The addon, loaded with LibTorch at the first call (about 0.2 s; later calls are free).
 * @throws {EnvironmentError} `LIBTORCH_MISSING`, `LIBTORCH_VERSION`, `LIBTORCH_LOAD`, `ADDON_MISSING`, `ADDON_SYSTEM`,
 * `ADDON_LOAD`. */
export function native(): NativeAddon {
  loaded ??= load();
  return loaded;
}

/** Whether `native()` has loaded the addon in this thread. */
export function isLoaded(): boolean {
  return loaded !== undefined;
}

function load(): NativeAddon {
  const facts = locateAddon();
  const libtorch = locateLibTorch();
  checkLoadable(facts, libtorch);
  limitSpinning();
  openLibraries(libtorch);
  const addon = requireAddon(facts.file, libtorch);
  checkBuiltFor(addon, libtorch);
  addon.connect({
    error: errorFor,
    // A process that exits while native threads compute would crash: stop and join them first.
    threadStarted: () => process.once('exit', () => addon.stopAndJoin()),
  });
  return addon;
}

// A thread that waits for others spins before it sleeps. OpenMP's own limit is some milliseconds: on a machine that is busy with other
// work too, most of the time goes there (a training step took five times as long). Read once, when LibTorch is loaded.
const spins = '5000';

function limitSpinning(): void {
  const { env } = process;
  if (env.OMP_WAIT_POLICY === undefined) env.GOMP_SPINCOUNT ??= spins;
}

// A development build has no record beside it when it was built by hand; it knows itself.
function checkBuiltFor(addon: NativeAddon, libtorch: LibTorch): void {
  const built = addon.versions().libtorch;
  if (minorOf(built) === minorOf(libtorch.version)) return;
  throw new EnvironmentError(
    'LIBTORCH_VERSION',
    `the addon was built for LibTorch ${built}, and LibTorch ${libtorch.version} was found in ${libtorch.folder}: build ` +
      'it again with npm run build:native',
  );
}

// libtorch_cuda first, where it is: LibTorch finds CUDA only when that is in the process before the first tensor.
function openLibraries(libtorch: LibTorch): void {
  for (const name of ['libtorch_cuda', 'libtorch_cpu']) {
    const file = join(libtorch.lib, name + librarySuffix);
    if (name === 'libtorch_cpu' || existsSync(file)) openLibrary(file);
  }
}

function openLibrary(file: string): void {
  try {
    process.dlopen({ exports: {} }, file, constants.dlopen.RTLD_GLOBAL | constants.dlopen.RTLD_NOW);
  } catch (error) {
    // A library that is no addon loads and then does not register itself: that is what we want.
    if (messageOf(error).includes('did not self-register')) return;
    throw new EnvironmentError('LIBTORCH_LOAD', `LibTorch's ${file} does not load: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function requireAddon(file: string, libtorch: LibTorch): NativeAddon {
  try {
    return requireHere(file) as NativeAddon;
  } catch (error) {
    throw new EnvironmentError(
      'ADDON_LOAD',
      `the addon ${file} does not load with LibTorch ${libtorch.version} of ${libtorch.folder}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
