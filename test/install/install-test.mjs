/** Installs the two tarballs into an empty folder where no compiler, cmake or Python is on PATH, then trains a few steps
 * and reconstructs an image from an ES module and from a CommonJS script, and asks doctor. Started by
 * `npm run package`, since it needs the tarballs and takes a minute: `node install-test.mjs TARBALL TARBALL`. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'tape';

const here = dirname(fileURLToPath(import.meta.url));
const tarballs = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), 'hyperlift-install-'));
test.onFinish(() => rmSync(work, { recursive: true, force: true }));

/** A PATH of one folder that holds nothing but these. */
function barePath() {
  const folder = join(work, 'bin');
  mkdirSync(folder);
  const find = (name) => spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
  symlinkSync(process.execPath, join(folder, 'node'));
  for (const name of ['npm', 'npx', 'sh', 'env']) symlinkSync(realpathSync(find(name)), join(folder, name));
  return folder;
}

/** HOME stays, for npm's own configuration; what discovery looks at does not. */
const environment = {
  PATH: barePath(),
  HOME: process.env.HOME ?? work,
  XDG_CACHE_HOME: join(work, 'cache'),
  XDG_CONFIG_HOME: join(work, 'config'),
  npm_config_cache: process.env.npm_config_cache ?? join(process.env.HOME ?? work, '.npm'),
};

const project = join(work, 'project');
mkdirSync(project);
writeFileSync(join(project, 'package.json'), '{ "name": "project", "private": true }\n');

function run(t, program, ...args) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: project,
    env: environment,
    encoding: 'utf8',
    timeout: 10 * 60_000,
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  t.equal(status, 0, `${program} ${args[0]} ends with 0 (${seconds} s)`);
  if (status !== 0) t.comment(`${stdout}${stderr}`.slice(-4000));
  return stdout;
}

test('no compiler, cmake or Python is within reach', (t) => {
  for (const program of ['c++', 'g++', 'gcc', 'clang', 'cmake', 'make', 'python3', 'python', 'pip']) {
    const { status } = spawnSync('sh', ['-c', `command -v ${program}`], { env: environment });
    t.notEqual(status, 0, `${program} is not on PATH`);
  }
  t.end();
});

test('npm installs both tarballs, without any script', (t) => {
  t.equal(tarballs.length, 2, 'both tarballs are given');
  run(t, 'npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', ...tarballs);
  const platform = readdirSync(join(project, 'node_modules')).filter((name) =>
    name.startsWith('hyperlift-libtorch-'),
  );
  t.equal(platform.length, 1, `the platform package is there: ${platform}`);
  t.end();
});

test('doctor finds nothing missing and takes LibTorch from the platform package', (t) => {
  const { ok, libtorch, addon, findings } = JSON.parse(run(t, 'npx', 'hyperlift', 'doctor', '--json'));
  t.ok(
    ok,
    findings
      .filter(({ state }) => state === 'missing')
      .map(({ text }) => text)
      .join('; ') || 'nothing is missing',
  );
  t.equal(libtorch?.from, 'platform-package');
  t.match(addon?.file ?? '', /prebuilds/);
  t.end();
});

for (const script of ['use.mjs', 'use.cjs']) {
  test(`${script} trains a few steps and reconstructs an image`, (t) => {
    cpSync(join(here, script), join(project, script));
    const output = run(t, 'node', script);
    t.match(output, /^trained 3 steps$/m);
    t.match(output, /^cube 31x64x48$/m);
    const cube = join(project, script.replace('.', '-'), 'cube.mat');
    t.ok(statSync(cube, { throwIfNoEntry: false })?.size > 31 * 64 * 48, 'the cube is on disk');
    t.end();
  });
}

test('cubes go through containers whose libraries work in threads', (t) => {
  for (const [from, to] of [
    [join('use-mjs', 'cube.mat'), 'cube.h5'],
    ['cube.h5', 'cube.tif'],
    ['cube.tif', 'cube.hdr'],
  ]) {
    run(t, 'npx', 'hyperlift', 'convert', from, to);
  }
  const { bands, height, width } = JSON.parse(run(t, 'npx', 'hyperlift', 'info', 'cube.hdr', '--json'));
  t.deepEqual([bands, height, width], [31, 64, 48]);
  t.end();
});
