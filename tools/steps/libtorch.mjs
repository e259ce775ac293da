import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readStamp, writeStamp } from './fingerprint.mjs';
import { say, secondsSince } from './say.mjs';

/** Finds a LibTorch to build against, or fetches one into the user's cache. Says which one, and why, when it is another
 * one than last time.
 *
 * Where to look and how to fetch is written once, in ts/libtorch, for users and for us; so TypeScript is compiled
 * before this step. */
export async function ensureLibTorch(root) {
  const load = (name) => import(pathToFileURL(join(root, 'dist', 'ts', 'libtorch', name)).href);
  const { locateLibTorch } = await load('locate.js');
  const { installLibTorch } = await load('install.js');
  let found;
  try {
    found = locateLibTorch({ forBuilding: true });
  } catch (error) {
    // A folder that the user named and that does not fit is theirs to change; nothing is fetched over it.
    const named = process.env.LIBTORCH || !/was not found/.test(error.message);
    if (error.code !== 'LIBTORCH_MISSING' || named) throw error;
    const start = performance.now();
    say('No LibTorch to build against yet: fetching one');
    await installLibTorch({ report: (line) => say(`  ${line}`) });
    found = locateLibTorch({ forBuilding: true });
    say(`LibTorch is in place (${secondsSince(start)})`);
  }
  const stamp = join(root, '.cache', 'libtorch-said');
  if (readStamp(stamp) !== found.why) say(`Using ${found.why}`);
  writeStamp(stamp, found.why);
  return found;
}
