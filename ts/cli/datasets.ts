import { texts } from '../config/option.js';
import { didYouMean } from '../config/suggest.js';
import { defineTable } from '../config/table.js';
import type { PublishedSet } from '../data/index.js';
import { ConfigError } from '../errors.js';
import { type Console, defineCommand } from './command.js';

const table = defineTable({
  command: 'datasets',
  summary: 'list published data sets',
  about:
    'list shows the data sets whose folders are recognised; show NAME tells where to get one, its terms, how its folder looks ' +
    'and which splits there are.',
  positional: { name: 'words', placeholder: 'list|show NAME' },
  examples: [
    { does: 'what there is', line: 'hyperlift datasets list' },
    { does: 'all about one', line: 'hyperlift datasets show arad1k' },
  ],
  options: {
    words: texts({ doc: 'what to do, and with which data set', placeholder: 'WORD', flag: 'do' }),
  },
});

type Action = (words: readonly string[], console: Console) => Promise<number | undefined>;

const actions: Readonly<Record<string, Action>> = { list, show };

/** `hyperlift datasets` */
export const command = defineCommand(table, async (options, console) => {
  const [what = 'list', ...words] = options.words ?? [];
  const action = Object.hasOwn(actions, what) ? actions[what] : undefined;
  if (action !== undefined) return action(words, console);
  const near = didYouMean(what, Object.keys(actions));
  throw new ConfigError('CONFIG_UNKNOWN', `datasets has no '${what}'${near}`);
});

async function list(words: readonly string[], console: Console): Promise<undefined> {
  if (words.length > 0)
    throw new ConfigError('CONFIG_UNKNOWN', `datasets list takes no argument '${words[0]}'`);
  const { publishedSets } = await import('../data/index.js');
  if (console.json) return console.event(publishedSets) as undefined;
  const width = Math.max(...publishedSets.map(({ id }) => id.length));
  for (const { id, title, scenes, bands, span } of publishedSets) {
    const count = scenes === 1 ? '1 scene' : `${scenes} scenes`;
    console.print(
      `${id.padEnd(width)}  ${title}: ${count}, ${bands.join(' or ')} bands, ${span.join(' to ')} nm`,
    );
  }
  console.remark('more about one: hyperlift datasets show NAME');
  return undefined;
}

async function show([id, ...more]: readonly string[], console: Console): Promise<undefined> {
  if (id === undefined) throw new ConfigError('CONFIG_MISSING', 'datasets show needs the name of a data set');
  if (more.length > 0)
    throw new ConfigError('CONFIG_UNKNOWN', `datasets show takes no argument '${more[0]}'`);
  const { namedSplit, publishedSet } = await import('../data/index.js');
  const set = publishedSet(id);
  if (console.json) return console.event(set) as undefined;
  for (const [title, text] of linesOf(set)) console.print(`${title.padEnd(12)}${text}`);
  for (const line of set.layout) console.print(`${''.padEnd(12)}${line}`);
  for (const name of set.splits) {
    const split = namedSplit(name);
    if (split !== undefined)
      console.print(`${'split'.padEnd(12)}--split ${name}: ${split.title} (${split.source})`);
  }
  return undefined;
}

function linesOf(set: PublishedSet): [title: string, text: string][] {
  const { wavelengths, span, scenes, size, bands, variable } = set;
  const step =
    wavelengths === null ? 'each band as its file says' : `${wavelengths.length} bands in equal steps`;
  return [
    ['title', set.title],
    ['citation', set.citation],
    ['get it', set.address],
    ['licence', set.licence],
    ['scenes', `${scenes} of ${size} pixels, ${bands.join(' or ')} bands`],
    ['wavelengths', `${span.join(' to ')} nm, ${step}`],
    ['values', set.range],
    ...(variable === null ? [] : ([['array', variable]] as [string, string][])),
    ['layout', ''],
  ];
}
