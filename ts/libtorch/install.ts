import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { EnvironmentError } from '../errors.js';
import { fetchArchive } from './archive.js';
import { pipDownload } from './pip.js';
import { buildableMinors, cacheFolder, choiceFile, ownVersion } from './places.js';
import { unzip } from './unzip.js';
import { cacheNameOf, type LibTorchFacts, minorOf, readLibTorch, titleOf } from './version.js';

export interface InstallOptions {
  /** A wheel of Python's torch or an archive of LibTorch (.zip); fetched when left out. */
  file?: string;
  /** CUDA release to fetch a build for ('13.0'); default null, the CPU build. */
  cuda?: string | null;
  /** Release to fetch; default the one this hyperlift is published for. */
  version?: string;
  /** Told each step in a sentence. */
  report?: (line: string) => void;
  signal?: AbortSignal;
}

/** Puts a LibTorch into our cache, from a file at hand or fetched (pip's own sources first, then the official
 * archive), and checks that it is the release that was asked for.
 * @throws {EnvironmentError} `LIBTORCH_FETCH` with everything that was tried, `LIBTORCH_FILE` for a file that holds
 * none, `LIBTORCH_VERSION` for a release that the sources cannot be built against. */
export async function installLibTorch(options: InstallOptions = {}): Promise<LibTorchFacts> {
  const { cuda = null, version = ownVersion(), report = () => {} } = options;
  await mkdir(cacheFolder(), { recursive: true });
  await removeLeftovers(cacheFolder());
  const work = await mkdtemp(join(cacheFolder(), `.fetching-${process.pid}-`));
  try {
    const file = options.file ?? (await fetchFile({ version, cuda }, work, report, options.signal));
    report(`Unpacking ${basename(file)}`);
    const facts = await unpack(file, join(work, 'unpacked'));
    checkRelease(facts, options.file === undefined ? { version, cuda } : null, file);
    return await keep(facts);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Remembers the folder that every later start takes, unless LIBTORCH is set; null forgets it again.
 * @throws {EnvironmentError} `LIBTORCH_MISSING` when the folder holds no LibTorch, `LIBTORCH_VERSION`. */
export async function useLibTorch(folder: string | null): Promise<LibTorchFacts | null> {
  if (folder === null) {
    await rm(choiceFile(), { force: true });
    return null;
  }
  const facts = readLibTorch(resolve(folder));
  if (facts === null) {
    throw new EnvironmentError(
      'LIBTORCH_MISSING',
      `${folder} holds no LibTorch: expected lib/libtorch_cpu, lib/libc10 and version.py or build-version in it`,
    );
  }
  checkRelease(facts, null, folder);
  await mkdir(dirname(choiceFile()), { recursive: true });
  await writeFile(`${choiceFile()}.${process.pid}`, `${JSON.stringify({ folder: facts.folder })}\n`);
  await rename(`${choiceFile()}.${process.pid}`, choiceFile());
  return facts;
}

/** What a killed fetch left behind: folders that name a process which is gone. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(/^\.fetching-(\d+)-/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || isRunning(pid)) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

type Wanted = Pick<LibTorchFacts, 'version' | 'cuda'>;

async function fetchFile(
  wanted: Wanted,
  work: string,
  report: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const tag = cacheNameOf(wanted).replace(/^.*-/, '');
  const requirement = `torch==${wanted.version}+${tag}`;
  const anyPython = ['--only-binary=:all:', '--python-version', '3.11'];
  const ways: [title: string, options: string[]][] = [
    ["pip's local sources", ['--no-index']],
    ["pip's local sources, any Python", ['--no-index', ...anyPython]],
    ['pip', ['--retries', '0', '--timeout', '15']],
  ];
  const tried: string[] = [];
  for (const [title, options] of ways) {
    report(`Looking for ${requirement} through ${title}`);
    const outcome = await pipDownload(requirement, join(work, 'wheel'), options, signal);
    signal?.throwIfAborted();
    if ('wheel' in outcome) return outcome.wheel;
    tried.push(`${title}: ${outcome.failure}`);
  }
  const outcome = await fetchArchive(wanted, tag, join(work, 'libtorch.zip'), report, signal);
  if ('file' in outcome) return outcome.file;
  tried.push(outcome.failure);
  throw new EnvironmentError(
    'LIBTORCH_FETCH',
    `${titleOf(wanted)} could not be fetched. Tried ${tried.join('; ')}. Set LIBTORCH to the folder of a LibTorch (or to the ` +
      'torch folder of an installed Python torch), or run `npx hyperlift libtorch install FILE` with its wheel or archive',
  );
}

/** Where a file of a wheel (torch/lib/...) or of the archive (libtorch/lib/...) goes. Licences travel along: the
 * platform package must carry them. */
function placeOf(name: string): string | null {
  const part = /^(?:torch|libtorch)\/((?:lib|include|share)\/.+|version\.py|build-version|build-hash)$/.exec(
    name,
  );
  if (part?.[1] !== undefined) return part[1];
  const licence = /^torch-[^/]+\.dist-info\/licenses\/(.+)$/.exec(name);
  return licence?.[1] === undefined ? null : join('licenses', licence[1]);
}

async function unpack(file: string, folder: string): Promise<LibTorchFacts> {
  const found = await stat(file).catch(() => null);
  if (found === null || !found.isFile()) {
    throw new EnvironmentError(
      'LIBTORCH_FILE',
      `${file} is not a file: expected a wheel of torch or an archive of LibTorch`,
    );
  }
  await unzip(file, folder, placeOf);
  const facts = readLibTorch(folder);
  if (facts !== null) return facts;
  throw new EnvironmentError(
    'LIBTORCH_FILE',
    `${file} holds no LibTorch for ${process.platform}: expected torch/lib (a wheel) or libtorch/lib (an archive) in it`,
  );
}

function checkRelease(facts: LibTorchFacts, wanted: Wanted | null, from: string): void {
  if (
    wanted !== null &&
    (facts.version !== wanted.version || (facts.cuda === null) !== (wanted.cuda === null))
  ) {
    throw new EnvironmentError('LIBTORCH_VERSION', `${from} holds ${titleOf(facts)}, not ${titleOf(wanted)}`);
  }
  if (buildableMinors.includes(minorOf(facts.version))) return;
  throw new EnvironmentError(
    'LIBTORCH_VERSION',
    `${from} holds LibTorch ${facts.version}; hyperlift builds against ${buildableMinors.join(', ')}`,
  );
}

/** Renames it to its place in the cache; another process may have been quicker, then its copy stays. */
async function keep(facts: LibTorchFacts): Promise<LibTorchFacts> {
  const folder = join(cacheFolder(), cacheNameOf(facts));
  const there = readLibTorch(folder);
  if (there !== null) return there;
  await rm(folder, { recursive: true, force: true });
  await rename(facts.folder, folder).catch((error: unknown) => {
    if (readLibTorch(folder) === null) throw error;
  });
  return { ...facts, folder };
}
