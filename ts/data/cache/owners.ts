import { randomUUID } from 'node:crypto';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../io/atomic-write.js';

/** Files of this machine's and other machines' processes beside an entry: `KEY.HOST.PID.ID.use` says that the process uses it,
 * `KEY.HOST.PID.ID.tmp` is one being written. */
const owned = /^([0-9a-f]+)\.([\w-]+)\.(\d+)\.[\w-]+\.(use|tmp)$/;
const host = hostname().replaceAll(/[^\w-]/g, '-') || 'host';
/** Whether a process of another machine lives cannot be told from here; what it left counts for this long. */
const trusted = 7 * 24 * 3600 * 1000;

/** A name for a file of this process beside the entry `key`. */
export function ownedName(key: string, kind: 'use' | 'tmp'): string {
  return `${key}.${host}.${process.pid}.${randomUUID()}.${kind}`;
}

async function isLeftBehind(folder: string, name: string, owner: string, pid: number): Promise<boolean> {
  if (owner === host) return pid !== process.pid && !isAlive(pid);
  const facts = await stat(join(folder, name)).catch(() => undefined);
  return facts !== undefined && Date.now() - facts.mtimeMs > trusted;
}

/** Removes what processes left that are gone; gives the keys that living ones use. */
export async function keysInUse(folder: string): Promise<Set<string>> {
  const used = new Set<string>();
  for (const name of await readdir(folder).catch(() => [])) {
    const [, key = '', owner = '', pid = '', kind] = owned.exec(name) ?? [];
    if (kind === undefined) continue;
    if (await isLeftBehind(folder, name, owner, Number(pid))) await rm(join(folder, name), { force: true });
    else if (kind === 'use') used.add(key);
  }
  return used;
}

/** Marks an entry as used by this process, until the function that is returned is called. */
export async function markUse(folder: string, key: string): Promise<() => Promise<void>> {
  const file = join(folder, ownedName(key, 'use'));
  await writeFile(file, '');
  return () => rm(file, { force: true });
}
