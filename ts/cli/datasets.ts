import type { CheckReport, Severity } from '../check/index.js';
import { type DatasetsGiven, datasetsTable } from '../config/index.js';
import { didYouMean } from '../config/suggest.js';
import type { PublishedSet } from '../data/index.js';
import { ConfigError } from '../errors.js';
import { type Console, defineCommand } from './command.js';
import { exitCodes } from './exit-codes.js';
import { openProgress } from './progress.js';

type Action = (
  words: readonly string[],
  console: Console,
  options: DatasetsGiven,
) => Promise<number | undefined>;

const actions: Readonly<Record<string, Action>> = { list, show, check };

/** `hyperlift datasets` */
export const command = defineCommand(datasetsTable, async (options, console) => {
  const [what = 'list', ...words] = options.words ?? [];
  const action = Object.hasOwn(actions, what) ? actions[what] : undefined;
  if (action !== undefined) return action(words, console, options);
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

const marks: Readonly<Record<Severity, string>> = { error: 'ERROR  ', warning: 'warning', note: 'note   ' };

async function check(
  paths: readonly string[],
  console: Console,
  { words: _, ...options }: DatasetsGiven,
): Promise<number | undefined> {
  if (paths.length === 0) throw new ConfigError('CONFIG_MISSING', 'datasets check needs a folder');
  const { checkDataset } = await import('../check/index.js');
  const progress = await openProgress(console);
  try {
    const report = await checkDataset(paths, {
      ...options,
      signal: console.signal,
      onProgress: ({ name, done, total }) => progress.show({ done, total, unit: 'scenes', scores: name }),
    });
    progress.end();
    if (console.json) console.event(report);
    else printReport(report, console);
    return report.ok ? undefined : exitCodes.failed;
  } finally {
    progress.end();
  }
}

function printReport({ folders, scenes, findings, ok }: CheckReport, console: Console): void {
  for (const { path, recognised, scenes: count } of folders) {
    console.print(
      `${path}: ${recognised ?? `${count} scene${count === 1 ? '' : 's'} of no published data set`}`,
    );
  }
  for (const { severity, code, file, found, mend } of findings) {
    console.print(`${marks[severity]} ${code}  ${file}`);
    console.print(`        ${found}`);
    console.print(`        mend: ${mend}`);
  }
  const looked = `${scenes.length} cube${scenes.length === 1 ? '' : 's'} looked at`;
  const pairs = scenes.filter(({ rgb }) => rgb !== null).length;
  console.print(
    findings.length === 0
      ? `${looked}, ${pairs} with pictures: nothing to complain of`
      : `${looked}, ${pairs} with pictures: ${findings.length} finding${findings.length > 1 ? 's' : ''}${ok ? ', no error' : ''}`,
  );
}
