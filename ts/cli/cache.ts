import { path, text, texts } from '../config/option.js';
import { didYouMean } from '../config/suggest.js';
import { defineTable, type GivenOptions } from '../config/table.js';
import type { CacheEntry, SceneCache } from '../data/index.js';
import { ConfigError } from '../errors.js';
import { type Console, defineCommand } from './command.js';
import { exitCodes } from './exit-codes.js';

const table = defineTable({
  command: 'cache',
  summary: 'list, check or clear the cache of decoded scenes',
  about:
    'Training keeps scenes there that are too large for memory (`train --cache`). list shows the scenes, those used longest ago first. ' +
    'verify reads every value against its checksum and removes what is damaged. clear removes all, or, with --limit, ' +
    'those used longest ago until the rest fits. path prints the folder. Scenes that a running process uses stay.',
  positional: { name: 'words', placeholder: 'list|verify|clear|path' },
  examples: [
    { does: 'what is there', line: 'hyperlift cache' },
    { does: 'keep the 20 GiB that were used last', line: 'hyperlift cache clear --limit 20GiB' },
    { does: 'in another folder', line: 'hyperlift cache verify --cache /scratch/scenes' },
  ],
  options: {
    words: texts({ doc: 'what to do', placeholder: 'WORD', flag: 'do', defaultDoc: 'list' }),
    cache: path({
      doc: 'folder of the cache',
      placeholder: 'DIR',
      defaultDoc: 'hyperlift/scenes in $XDG_CACHE_HOME, or in ~/.cache',
    }),
    limit: text({
      doc: 'clear: what may stay, such as 20GiB',
      placeholder: 'SIZE',
      defaultDoc: 'nothing',
    }),
  },
});

type Given = GivenOptions<typeof table>;
type Action = (cache: SceneCache, console: Console) => Promise<number | undefined>;
const actions: Readonly<Record<string, Action>> = { list, verify, clear, path: folderOf };

/** `hyperlift cache` */
export const command = defineCommand(table, async (options, console) => {
  const [what = 'list', ...more] = options.words ?? [];
  const action = Object.hasOwn(actions, what) ? actions[what] : undefined;
  if (action === undefined || more.length > 0) {
    const word = action === undefined ? what : `${what} ${more.join(' ')}`;
    throw new ConfigError(
      'CONFIG_UNKNOWN',
      `cache has no '${word}'${didYouMean(what, Object.keys(actions))}`,
    );
  }
  return action(await cacheOf(what, options), console);
});

async function cacheOf(what: string, { cache, limit }: Given): Promise<SceneCache> {
  const { defaultCacheFolder, SceneCache } = await import('../data/index.js');
  if (limit !== undefined && what !== 'clear') {
    throw new ConfigError('CONFIG_CONFLICT', `option 'limit' is for cache clear, not for cache ${what}`);
  }
  const { bytesOfSize } = await import('../reconstruct/memory-size.js');
  const bytes = limit === undefined ? 0 : bytesOfSize('limit', limit, 0);
  return new SceneCache(cache ?? defaultCacheFolder(), bytes);
}

async function folderOf({ folder }: SceneCache, console: Console): Promise<undefined> {
  if (console.json) console.event({ folder });
  else console.print(folder);
}

async function list(cache: SceneCache, console: Console): Promise<undefined> {
  const entries = await cache.list();
  if (console.json) {
    console.event({ folder: cache.folder, entries: entries.map(recordOf) });
    return;
  }
  if (entries.length > 0) await show(entries, console);
  console.print(await totalOf(entries, cache.folder));
}

async function verify(cache: SceneCache, console: Console): Promise<number | undefined> {
  const entries = await cache.verify(console.signal);
  const damaged = entries.filter(({ damage }) => damage !== null);
  if (console.json) console.event({ folder: cache.folder, entries: entries.map(recordOf) });
  else {
    for (const { file, damage, inUse } of damaged)
      console.print(`${file}: damaged (${damage})${inUse ? ', in use: kept' : ', removed'}`);
    console.print(`${entries.length - damaged.length} of ${entries.length} scenes are sound`);
  }
  return damaged.length === 0 ? undefined : exitCodes.failed;
}

async function clear(cache: SceneCache, console: Console): Promise<undefined> {
  const { removed, kept } = await cache.clear();
  if (console.json) {
    console.event({ folder: cache.folder, removed: removed.map(recordOf), kept: kept.map(recordOf) });
    return;
  }
  console.print(`removed ${await totalOf(removed, cache.folder)}`);
  if (kept.length > 0) console.print(`kept ${await totalOf(kept, cache.folder)}`);
}

/** What a machine is told of an entry. */
function recordOf({ scene, lastUse, ...rest }: CacheEntry): object {
  return { ...rest, lastUse: lastUse.toISOString(), ...(scene === null ? {} : { scene }) };
}

async function totalOf(entries: readonly CacheEntry[], folder: string): Promise<string> {
  const { sizeInWords } = await import('../reconstruct/memory-size.js');
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  return `${entries.length} ${entries.length === 1 ? 'scene' : 'scenes'}, ${sizeInWords(bytes)}, in ${folder}`;
}

async function show(entries: readonly CacheEntry[], console: Console): Promise<void> {
  const { sizeInWords } = await import('../reconstruct/memory-size.js');
  const head = ['scene', 'bands', 'pixels', 'type', 'size', 'last use', '', 'from'];
  const rows = entries.map(({ key, scene, bytes, lastUse, inUse, damage }) => [
    scene?.name ?? key,
    `${scene?.bands ?? ''}`,
    scene === null ? '' : `${scene.width} x ${scene.height}`,
    scene?.dtype ?? '',
    sizeInWords(bytes),
    lastUse.toISOString().slice(0, 16).replace('T', ' '),
    damage === null ? (inUse ? 'in use' : '') : `damaged (${damage})`,
    scene === null ? '' : sourceOf(scene),
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)));
  for (const row of [head, ...rows])
    console.print(
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

function sourceOf({ origin }: NonNullable<CacheEntry['scene']>): string {
  const { file, variable, axes } = origin;
  return [file, variable ?? '', axes ?? ''].filter((word) => word !== '').join(' ');
}
