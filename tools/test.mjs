#!/usr/bin/env node
/** `npm test [-- FILTER... --coverage --verbose]`: set-up, then every test file in a process of its own, at most two at
 * a time. Prints TAP with one point a file, and closes with `N passed, N failed` (assertions). */
import { readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureReady, root } from './setup.mjs';
import { filesBelow, writeStamp } from './steps/fingerprint.mjs';
import { runProgram } from './steps/run-program.mjs';
import { runTool, say, ToolError } from './steps/say.mjs';
import { readTap } from './steps/tap.mjs';

const atOnce = Math.min(2, availableParallelism());
const minutesForOneFile = 15;
const timesFile = join(root, '.cache', 'test-seconds.json');
const coverageFolder = join(root, 'coverage', 'raw');

/** Seconds that each file took last time: the longest go first, so that no core waits for one at the end. */
function lastSeconds() {
  try {
    return JSON.parse(readFileSync(timesFile, 'utf8'));
  } catch {
    return {};
  }
}

/** Sources decide which tests there are: what a deleted file has left in dist/ does not run. */
function chooseFiles(filters) {
  const seconds = lastSeconds();
  const files = filesBelow(root, ['test'], (name) => name.endsWith('.test.ts'))
    .filter((name) => filters.length === 0 || filters.some((filter) => name.includes(filter)))
    .sort((a, b) => (seconds[b] ?? 1e9) - (seconds[a] ?? 1e9) || a.localeCompare(b));
  if (files.length === 0)
    throw new ToolError(`no test file matches ${filters.join(', ') || 'test/**/*.test.ts'}`);
  return files;
}

/** Threads are bounded, so that two files on two cores do not slow each other down beyond measure. */
function environment(coverage) {
  const threads = Math.max(1, Math.floor(availableParallelism() / atOnce));
  return {
    OMP_NUM_THREADS: process.env.OMP_NUM_THREADS ?? String(threads),
    ...(coverage ? { NODE_V8_COVERAGE: coverageFolder } : {}),
  };
}

async function runFile(file, env) {
  const compiled = join(root, 'dist', file.replace(/\.ts$/, '.js'));
  const start = performance.now();
  const { status, signal, output } = await runProgram(process.execPath, [compiled], {
    cwd: root,
    env,
    onOutput: () => {},
    timeout: minutesForOneFile * 60_000,
  });
  const result = { file, output, seconds: (performance.now() - start) / 1000, ...readTap(output) };
  const lines = output.trim().split('\n').slice(-30);
  const because =
    status !== 0 && result.failed === 0
      ? `ended with ${signal ?? `status ${status}`} and no failed assertion`
      : result.planned
        ? null
        : 'printed no results';
  if (because !== null) {
    result.failed += 1;
    result.failures.push({ title: because, lines });
  }
  return result;
}

function show(index, result, verbose) {
  const { file, passed, failed, skipped, failures, seconds, output } = result;
  const skips = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  console.log(
    `${failed > 0 ? 'not ok' : 'ok'} ${index} - ${file} (${passed} passed${skips}, ${seconds.toFixed(1)} s)`,
  );
  if (verbose) console.log(output.replace(/^/gm, '    '));
  for (const { title, lines } of failures)
    console.log([`# ${title}`, ...lines].join('\n').replace(/^/gm, '    '));
}

function showSkips(results) {
  const reasons = new Map();
  for (const reason of results.flatMap(({ skipped }) => skipped))
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  for (const [reason, count] of reasons) console.log(`# skipped ${count}: ${reason}`);
}

async function runAll(files, { coverage, verbose }) {
  const env = environment(coverage);
  const results = [];
  const left = [...files];
  console.log('TAP version 13');
  const worker = async () => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      const result = await runFile(file, env);
      results.push(result);
      show(results.length, result, verbose);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  console.log(`1..${results.length}`);
  return results;
}

/** @returns whether coverage is as asked for in .c8rc.json. */
async function reportCoverage(whole) {
  const c8 = join(root, 'node_modules', 'c8', 'bin', 'c8.js');
  const check = whole ? ['--check-coverage'] : ['--check-coverage=false'];
  const args = [c8, 'report', '--temp-directory', coverageFolder, ...check];
  return (await runProgram(process.execPath, args, { cwd: root })).status === 0;
}

await runTool(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { coverage: { type: 'boolean', default: false }, verbose: { type: 'boolean', default: false } },
  });
  await ensureReady();
  const files = chooseFiles(positionals);
  if (values.coverage) rmSync(coverageFolder, { recursive: true, force: true });
  const start = performance.now();
  const results = await runAll(files, values);
  const seconds = Object.fromEntries(results.map(({ file, seconds: taken }) => [file, taken]));
  writeStamp(timesFile, JSON.stringify({ ...lastSeconds(), ...seconds }));
  showSkips(results);
  say(`# ${files.length} files in ${Math.round((performance.now() - start) / 1000)} s`);
  const covered = !values.coverage || (await reportCoverage(positionals.length === 0));
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') > 0 || !covered ? 1 : 0;
});
