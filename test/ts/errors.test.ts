import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { errorCodes, errorFor, HyperliftError } from '../../ts/errors.js';
import { packageRoot } from '../../ts/package-root.js';

const families = ['TENSOR', 'DATA', 'CONFIG', 'MODEL', 'CHECKPOINT', 'LIBTORCH', 'ADDON', 'RUN'];
const literal = new RegExp(`['"]((?:${families.join('|')})_[A-Z_]+)['"]`, 'g');

function codesBelow(folder: string): string[] {
  return readdirSync(join(packageRoot(), folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|cpp|h)$/.test(name) && name !== 'errors.ts')
    .flatMap((name) => {
      const text = readFileSync(join(packageRoot(), folder, name), 'utf8');
      return [...text.matchAll(literal)].map((match) => match[1] ?? '');
    });
}

test('each code that is thrown has its meaning in errorCodes, and none is left over', (t) => {
  const thrown = new Set([...codesBelow('ts'), ...codesBelow('cpp')]);
  t.deepEqual([...thrown].filter((code) => errorCodes[code] === undefined).sort(), [], 'missing there');
  t.deepEqual(
    Object.keys(errorCodes).filter((code) => !thrown.has(code)),
    [],
    'thrown nowhere',
  );
  t.end();
});

test('a code decides the class of its error', (t) => {
  for (const code of Object.keys(errorCodes)) {
    const error = errorFor(code, 'words', 'cause');
    t.ok(error instanceof HyperliftError && error.constructor !== HyperliftError, `${code}: ${error.name}`);
  }
  const error = errorFor('OTHER', 'words', 'cause');
  t.deepEqual(
    [error.name, error.code, error.message, error.cause],
    ['HyperliftError', 'OTHER', 'words', 'cause'],
  );
  t.end();
});

test('names of damaged files neither command a terminal nor flood it', (t) => {
  const error = errorFor('DATA_DAMAGED', `x.mat: '\u001b[2J\u0000\ufffdname' is cut off`);
  t.equal(error.message, "x.mat: '?[2J?name' is cut off");
  const long = errorFor('DATA_DAMAGED', `x.mat: '${'a'.repeat(5000)}' is cut off`).message;
  t.ok(
    long.length <= 1000 && long.startsWith('x.mat') && long.endsWith('cut off'),
    `${long.length} characters`,
  );
  t.end();
});
