import test from 'tape';
import { helpOf } from '../../../ts/config/help.js';
import { commands } from '../../../ts/cli/commands.js';
import { exitCodeOf } from '../../../ts/cli/exit-codes.js';
import { clock } from '../../../ts/cli/progress.js';
import { errorFor } from '../../../ts/errors.js';
import { packageVersion } from '../../../ts/version.js';
import { hyperlift } from './hyperlift.js';

test('every command has a summary, help with an example, and an entry in the list', async (t) => {
  const { stdout, status } = await hyperlift(['--help']);
  t.equal(status, 0);
  for (const [name, load] of Object.entries(commands)) {
    const { command } = await load();
    t.equal(command.table.command, name, `${name} is called by its own name`);
    t.ok(stdout.includes(command.table.summary), `${name} is in the list`);
    t.ok(helpOf(command.table).includes(`hyperlift ${name}`), `${name} has help with an example`);
  }
});

test('the version is that of the package', async (t) => {
  t.equal((await hyperlift(['--version'])).stdout, `${packageVersion()}\n`);
});

test('a slip of the keys is one sentence and status 2', async (t) => {
  for (const [argv, expected] of [
    [['docter'], /^hyperlift: there is no command 'docter'; did you mean doctor\? \(CONFIG_UNKNOWN\)\n$/],
    [
      ['doctor', '--jsn'],
      /^hyperlift: doctor has no option --jsn; did you mean --json\? \(CONFIG_UNKNOWN\)\n$/,
    ],
    [['doctor', 'now'], /^hyperlift: doctor takes no argument 'now'.*\n$/],
    [['libtorch', 'lits'], /^hyperlift: libtorch has no 'lits'; did you mean list\? .*\n$/],
    [
      ['doctor', '--config', '/not/there.json'],
      /^hyperlift: configuration file \/not\/there.json is not there.*\n$/,
    ],
  ] as const) {
    const { status, stdout, stderr } = await hyperlift([...argv]);
    t.equal(status, 2, argv.join(' '));
    t.match(stderr, expected, argv.join(' '));
    t.equal(stdout, '', 'nothing on standard output');
  }
});

test('a stack trace is shown with --verbose only', async (t) => {
  t.doesNotMatch((await hyperlift(['docter'])).stderr, /\n +at /);
  t.match((await hyperlift(['docter', '--verbose'])).stderr, /\n +at /);
});

test('exit statuses follow the codes of errors', (t) => {
  const status = (code: string): number => exitCodeOf(errorFor(code, ''));
  t.deepEqual(
    [
      'CONFIG_TYPE',
      'MODEL_UNKNOWN',
      'MODEL_OPTION',
      'LIBTORCH_MISSING',
      'ADDON_LOAD',
      'RUN_ABORTED',
      'DATA_MISSING',
    ].map(status),
    [2, 2, 2, 3, 3, 130, 1],
  );
  t.equal(exitCodeOf(new Error('x')), 1);
  t.end();
});

test('times are shown as clocks', (t) => {
  t.deepEqual([clock(5), clock(65.4), clock(7384)], ['0:05', '1:05', '2:03:04']);
  t.end();
});
