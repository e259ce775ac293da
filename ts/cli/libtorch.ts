import { text, texts } from '../config/option.js';
import { didYouMean } from '../config/suggest.js';
import { defineTable, type GivenOptions } from '../config/table.js';
import { ConfigError } from '../errors.js';
import { type Console, defineCommand } from './command.js';

const table = defineTable({
  command: 'libtorch',
  summary: 'list, install or choose the LibTorch to run on',
  about:
    'list shows every LibTorch at hand and which one is taken. install puts one into the cache: fetched, or from a ' +
    'wheel or archive at hand. use DIR remembers a folder for every later start; use default forgets it.',
  positional: { name: 'words', placeholder: 'list|install [FILE]|use DIR' },
  examples: [
    { does: 'what there is', line: 'hyperlift libtorch list' },
    { does: 'a build for CUDA 13.0', line: 'hyperlift libtorch install --cuda 13.0' },
    {
      does: "an installed Python's",
      line: 'hyperlift libtorch use /opt/venv/lib/python3.11/site-packages/torch',
    },
  ],
  options: {
    words: texts({ doc: 'what to do, and with which file or folder', placeholder: 'WORD', flag: 'do' }),
    cuda: text({
      doc: 'CUDA release to install a build for',
      placeholder: 'X.Y',
      defaultDoc: 'the CPU build',
    }),
    version: text({
      doc: 'release to install',
      placeholder: 'X.Y.Z',
      defaultDoc: 'the one this hyperlift is built for',
    }),
  },
});

type Given = GivenOptions<typeof table>;

/** `hyperlift libtorch` */
export const command = defineCommand(table, async (options, console) => {
  const [what = 'list', where, ...more] = options.words ?? [];
  if (more.length > 0)
    throw new ConfigError('CONFIG_UNKNOWN', `libtorch ${what} takes no argument '${more[0]}'`);
  const action = Object.hasOwn(actions, what) ? actions[what] : undefined;
  if (action === undefined) {
    throw new ConfigError(
      'CONFIG_UNKNOWN',
      `libtorch has no '${what}'${didYouMean(what, Object.keys(actions))}`,
    );
  }
  await action(where, options, console);
  return undefined;
});

const actions: Readonly<
  Record<string, (where: string | undefined, options: Given, console: Console) => Promise<void>>
> = { list, install, use };

async function list(_where: string | undefined, _options: Given, console: Console): Promise<void> {
  const { listLibTorch, titleOf } = await import('../libtorch/index.js');
  const all = listLibTorch();
  if (console.json) return console.event(all);
  if (all.length === 0) console.print('no LibTorch here: hyperlift libtorch install');
  for (const one of all)
    console.print(`${one.current ? '*' : ' '} ${titleOf(one)}, ${one.from}: ${one.folder}`);
}

async function install(where: string | undefined, options: Given, console: Console): Promise<void> {
  const { installLibTorch, listLibTorch, titleOf } = await import('../libtorch/index.js');
  const facts = await installLibTorch({
    ...(where === undefined ? {} : { file: where }),
    ...(options.version === undefined ? {} : { version: options.version }),
    cuda: options.cuda ?? null,
    report: (line) => console.remark(line),
    signal: console.signal,
  });
  if (console.json) console.event(facts);
  else console.print(`${titleOf(facts)} is in ${facts.folder}`);
  const taken = listLibTorch().find(({ current }) => current)?.folder;
  if (taken !== facts.folder) console.remark(`to take it: hyperlift libtorch use ${facts.folder}`);
}

async function use(where: string | undefined, _options: Given, console: Console): Promise<void> {
  if (where === undefined) throw new ConfigError('CONFIG_MISSING', 'libtorch use needs a folder, or default');
  const { titleOf, useLibTorch } = await import('../libtorch/index.js');
  const facts = await useLibTorch(where === 'default' ? null : where);
  if (console.json) console.event(facts);
  else
    console.print(
      facts === null
        ? 'the choice is forgotten'
        : `${titleOf(facts)} of ${facts.folder} is taken from now on`,
    );
}
