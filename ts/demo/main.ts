/** `npm run demo`: synthetic scenes, a network trained on their RGB images alone, a reconstruction of a scene it has not seen, its
 * scores and pictures. Each step is what a user would type, and is shown as such. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodeOf } from '../cli/exit-codes.js';
import { runCommandLine } from '../cli/run-command.js';
import { evaluate, markdownTable, reportLines } from '../evaluate/index.js';
import { makeScenes } from './scenes.js';

const say = (text = ''): void => void process.stdout.write(`${text}\n`);

const help = `npm run demo [-- --minutes N --out DIR]
  --minutes N  length of the training, default 2
  --out DIR    folder of everything the demonstration makes, default runs/demo`;

interface DemoOptions {
  minutes: string;
  out: string;
}

function shown(words: readonly string[]): string {
  return `$ npx hyperlift ${words.join(' ')}`;
}

/** Runs a command of hyperlift in this process, showing it first. */
async function command(words: readonly string[]): Promise<void> {
  say(shown(words));
  const status = await runCommandLine(words);
  if (status !== 0) throw new Error(`hyperlift ${words[0]} ended with status ${status}`);
}

async function demonstrate({ minutes, out }: DemoOptions): Promise<void> {
  say(
    '1. Scenes: still lifes with spectra in the shapes of pigments, plants, skin and wood, lit by CIE daylight',
  );
  const scenes = await makeScenes(join(out, 'scenes'), (text) => say(`   ${text}`));
  say(`   ${scenes.count} scenes of 31 bands in ${join(out, 'scenes')}; a picture of all: ${scenes.sheet}`);
  say();
  say(
    `2. Training: SFFormer sees only the RGB images of the scenes, never their spectra (about ${minutes} min)`,
  );
  const run = join(out, 'run');
  const data = ['--data', scenes.train, '--out', run, '--overwrite'];
  const network = ['--model', 'sfformer', '--paradigm', 'unsupervised'];
  await command(['train', ...network, '--minutes', minutes, ...data]);
  say();
  say(
    '3. Scores on scenes it has not seen, beside a root-polynomial regression that was fitted to the spectra of the training scenes',
  );
  const results = join(out, 'results');
  say(shown(['evaluate', '--checkpoint', run, '--data', scenes.unseen, '--out', results, '--cubes']));
  const result = await evaluate({ checkpoint: run, data: scenes.unseen, out: results, cubes: true });
  say(markdownTable(reportLines(result)).trimEnd());
  tellFiles(run, result.files);
}

function tellFiles(run: string, files: readonly string[]): void {
  const ending = (end: string): string[] => files.filter((file) => file.endsWith(end));
  const list: [string, readonly string[]][] = [
    ['reconstructed cubes', ending('.mat')],
    ['checkpoint', [join(run, 'best.safetensors')]],
    ['table of scores', [...ending('scores.md'), ...ending('scores.csv')]],
    ['input, reconstruction and truth side by side', ending('compare.png')],
    ['error maps', ending('error.png')],
    ['spectra at a few points', ending('spectra.png')],
  ];
  say();
  say('Look at:');
  for (const [what, names] of list) for (const name of names) say(`   ${name.padEnd(52)} ${what}`);
  say();
  say('Next, an image of your own:');
  say(`   npx hyperlift reconstruct YOUR-PHOTO.jpg --checkpoint ${run} --out YOUR-PHOTO.mat --pictures`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '2' },
      out: { type: 'string', default: join('runs', 'demo') },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return say(help);
  await demonstrate(values);
}

main().catch((error: unknown) => {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodeOf(error);
});
