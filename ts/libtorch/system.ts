import { existsSync, readFileSync } from 'node:fs';

/** The C and C++ libraries of this system. */
export interface SystemLibraries {
  libc: 'glibc' | 'musl' | 'other';
  /** Newest version each offers, where it could be told: { GLIBC: '2.36', GLIBCXX: '3.4.30' }. */
  versions: Record<string, string>;
}

interface ReportHeader {
  header: { glibcVersionRuntime?: string };
  sharedObjects: string[];
}

let known: SystemLibraries | undefined;

/** Tells glibc from musl and reads the versions. The C++ library is searched for its newest version name. */
export function systemLibraries(): SystemLibraries {
  known ??= readSystemLibraries();
  return known;
}

function readSystemLibraries(): SystemLibraries {
  if (process.platform !== 'linux') return { libc: 'other', versions: {} };
  const { header, sharedObjects } = nodeReport();
  const versions: Record<string, string> = {};
  if (header.glibcVersionRuntime !== undefined) versions.GLIBC = header.glibcVersionRuntime;
  const musl =
    header.glibcVersionRuntime === undefined &&
    sharedObjects.some((name) => /\bld-musl-|libc\.musl-/.test(name));
  const newest = newestGlibcxx(sharedObjects);
  if (newest !== null) versions.GLIBCXX = newest;
  return { libc: musl ? 'musl' : header.glibcVersionRuntime === undefined ? 'other' : 'glibc', versions };
}

/** Node's own report knows the C library. Its network part can take seconds where Node lets it be left out. */
function nodeReport(): ReportHeader {
  const report = process.report as typeof process.report & { excludeNetwork?: boolean };
  const before = report.excludeNetwork;
  report.excludeNetwork = true;
  try {
    return report.getReport() as unknown as ReportHeader;
  } finally {
    report.excludeNetwork = before ?? false;
  }
}

/** Node links libstdc++ itself on most systems; where it does not (static builds), the usual places are looked at. */
function newestGlibcxx(sharedObjects: string[]): string | null {
  const usual = [
    '/usr/lib/x86_64-linux-gnu',
    '/usr/lib/aarch64-linux-gnu',
    '/usr/lib64',
    '/usr/lib',
    '/lib64',
  ];
  const candidates = [
    ...sharedObjects.filter((name) => /\/libstdc\+\+\.so/.test(name)),
    ...usual.map((folder) => `${folder}/libstdc++.so.6`),
  ];
  const file = candidates.find((name) => existsSync(name));
  if (file === undefined) return null;
  const names = readFileSync(file)
    .toString('latin1')
    .matchAll(/GLIBCXX_3\.4\.(\d+)\0/g);
  const newest = Math.max(-1, ...[...names].map(([, patch]) => Number(patch)));
  return newest < 0 ? null : `3.4.${newest}`;
}
