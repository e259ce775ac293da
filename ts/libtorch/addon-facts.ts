import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '../errors.js';
import { packageRoot } from '../package-root.js';
import { compareVersions } from './elf.js';
import type { LibTorch } from './locate.js';
import { type SystemLibraries, systemLibraries } from './system.js';
import { minorOf } from './version.js';

/** What is known of a built addon without loading it; kept as JSON beside it by the build. */
export interface AddonFacts {
  file: string;
  /** LibTorch release it was built against, null when its JSON is missing. */
  libtorch: string | null;
  /** Oldest system libraries it runs on, by family (GLIBC, GLIBCXX). */
  floor: Readonly<Record<string, string>>;
}

/** Where an addon may be, best first: what was built here, then what the package brought. */
export function addonPlaces(): string[] {
  const root = packageRoot();
  return [
    join(root, 'out', 'Release', 'hyperlift.node'),
    join(root, 'prebuilds', `${process.platform}-${process.arch}`, 'hyperlift.node'),
  ];
}

/** The addon to load.
 * @throws {EnvironmentError} `ADDON_MISSING` when there is none for this platform. */
export function locateAddon(): AddonFacts {
  const places = addonPlaces();
  const file = places.find((place) => existsSync(place));
  if (file !== undefined) return readAddonFacts(file);
  throw new EnvironmentError(
    'ADDON_MISSING',
    `hyperlift has no addon for ${process.platform}-${process.arch} (looked for ${places.join(' and ')}): in a clone run ` +
      '`npm run setup`; prebuilt ones are for linux-x64 with glibc',
  );
}

/** Reads the JSON beside an addon. */
export function readAddonFacts(file: string): AddonFacts {
  const beside = factsFile(file);
  if (!existsSync(beside)) return { file, libtorch: null, floor: {} };
  try {
    const { libtorch, floor } = JSON.parse(readFileSync(beside, 'utf8')) as Partial<AddonFacts>;
    return { file, libtorch: libtorch ?? null, floor: floor ?? {} };
  } catch (cause) {
    throw new EnvironmentError('ADDON_DAMAGED', `${beside} is not JSON: build or install hyperlift again`, {
      cause,
    });
  }
}

/** hyperlift.node -> hyperlift.json, beside it. */
export function factsFile(addon: string): string {
  return addon.replace(/\.node$/, '.json');
}

/** Refuses, before dlopen and in plain words, what dlopen would refuse in riddles or the first call would crash on.
 * @throws {EnvironmentError} `ADDON_SYSTEM` on musl or an older glibc or libstdc++, `LIBTORCH_VERSION` when the addon
 * was built for another minor release. */
export function checkLoadable(
  addon: AddonFacts,
  libtorch: LibTorch,
  system: SystemLibraries = systemLibraries(),
): void {
  checkSystem(addon, system);
  if (addon.libtorch === null || minorOf(addon.libtorch) === minorOf(libtorch.version)) return;
  throw new EnvironmentError(
    'LIBTORCH_VERSION',
    `this hyperlift is built for LibTorch ${minorOf(addon.libtorch)}, and LibTorch ${libtorch.version} was found in ` +
      `${libtorch.folder}: install LibTorch ${addon.libtorch} (\`npx hyperlift libtorch install\`), or build hyperlift from ` +
      `its sources against ${minorOf(libtorch.version)}`,
  );
}

function checkSystem({ floor }: AddonFacts, system: SystemLibraries): void {
  if (process.platform !== 'linux') return;
  if (system.libc === 'musl') {
    throw new EnvironmentError(
      'ADDON_SYSTEM',
      `this system's C library is musl; LibTorch and hyperlift need glibc ${floor.GLIBC ?? '2.28'} or newer ` +
        '(Debian 12, Ubuntu 22.04 and newer have it)',
    );
  }
  for (const family of ['GLIBC', 'GLIBCXX']) {
    const needed = floor[family];
    const found = system.versions[family];
    if (needed === undefined || found === undefined || compareVersions(found, needed) >= 0) continue;
    throw new EnvironmentError(
      'ADDON_SYSTEM',
      `hyperlift's addon needs ${family} ${needed} and this system has ${found}: use a newer system (Debian 12, Ubuntu 22.04 ` +
        'and newer have it), or build hyperlift from its sources here',
    );
  }
}
