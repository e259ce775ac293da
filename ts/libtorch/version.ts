import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a LibTorch folder says of itself, read without loading it. */
export interface LibTorchFacts {
  /** The folder with `lib` and, where it can be built against, `include`. */
  folder: string;
  /** Major.minor.patch, without the local part. */
  version: string;
  /** CUDA release it was built with ('13.0'), null for a CPU build. */
  cuda: string | null;
  /** Whether its headers are there too. */
  headers: boolean;
}

function readIfThere(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

/** 'cu130' -> '13.0': local parts of versions name CUDA without its dot. */
function cudaOfTag(tag: string): string | null {
  const digits = /^cu(\d{2})(\d+)$/.exec(tag);
  return digits === null ? null : `${digits[1]}.${digits[2]}`;
}

function split(full: string): { version: string; cuda: string | null } {
  const [version = full, local = ''] = full.trim().split('+');
  return { version: /^\d+\.\d+\.\d+/.exec(version)?.[0] ?? version, cuda: cudaOfTag(local) };
}

/** A Python wheel has version.py, the official archive has build-version, and any with headers has version.h. */
function statedVersion(folder: string): { version: string; cuda: string | null } | null {
  const python = readIfThere(join(folder, 'version.py'));
  if (python !== null) {
    const full = /^__version__\s*=\s*['"]([^'"]+)['"]/m.exec(python)?.[1];
    const cuda = /^cuda\b[^=\n]*=\s*['"]([^'"]+)['"]/m.exec(python)?.[1] ?? null;
    if (full !== undefined) return { ...split(full), cuda };
  }
  const archive = readIfThere(join(folder, 'build-version'));
  if (archive !== null) return split(archive);
  return headerVersion(folder);
}

const versionHeaders = [
  'include/torch/headeronly/version.h',
  'include/torch/csrc/api/include/torch/version.h',
];

function headerVersion(folder: string): { version: string; cuda: string | null } | null {
  for (const header of versionHeaders) {
    const text = readIfThere(join(folder, header));
    const parts = ['MAJOR', 'MINOR', 'PATCH'].map((part) =>
      text === null ? undefined : new RegExp(`#define TORCH_VERSION_${part} (\\d+)`).exec(text)?.[1],
    );
    if (parts.every((part) => part !== undefined)) return { version: parts.join('.'), cuda: null };
  }
  return null;
}

/** Describes the LibTorch in `folder`, or null when there is none: no libtorch_cpu and libc10 in lib, or no version. */
export function readLibTorch(folder: string): LibTorchFacts | null {
  const has = (name: string) => existsSync(join(folder, 'lib', `${name}${librarySuffix}`));
  if (!has('libtorch_cpu') || !has('libc10')) return null;
  const stated = statedVersion(folder);
  if (stated === null) return null;
  const cuda = has('libtorch_cuda') ? (stated.cuda ?? 'unknown') : null;
  const headers = existsSync(join(folder, 'include/torch/csrc/api/include/torch/torch.h'));
  return { folder, version: stated.version, cuda, headers };
}

/** Suffix of shared libraries here. */
export const librarySuffix = process.platform === 'darwin' ? '.dylib' : '.so';

/** '2.13.0' -> '2.13'. LibTorch's binary interface changes with each minor release. */
export function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

/** '2.13.0' and null -> '2.13.0-cpu'; with CUDA 13.0 -> '2.13.0-cu130'. The name of its folder in our cache. */
export function cacheNameOf({ version, cuda }: { version: string; cuda: string | null }): string {
  return `${version}-${cuda === null ? 'cpu' : `cu${cuda.replace('.', '')}`}`;
}

/** How people call it: 'LibTorch 2.13.0 (CPU)'. */
export function titleOf({ version, cuda }: { version: string; cuda: string | null }): string {
  return `LibTorch ${version} (${cuda === null ? 'CPU' : `CUDA ${cuda}`})`;
}
