import test from 'tape';
import { loadStep } from './load-step.js';

interface TapResult {
  passed: number;
  failed: number;
  skipped: string[];
  failures: { title: string; lines: string[] }[];
  planned: boolean;
}

const { readTap } = await loadStep<{ readTap: (output: string) => TapResult }>('tap');

test('points are counted, failures keep their title and details', (t) => {
  const output = [
    'TAP version 13',
    '# adds',
    'ok 1 one and one',
    'not ok 2 two and two',
    '  ---',
    '    expected: 4',
    '  ...',
    'ok 3 three',
    '1..3',
    '# fail  1',
  ].join('\n');
  const result = readTap(output);
  t.deepEqual([result.passed, result.failed, result.planned], [2, 1, true]);
  t.equal(result.failures[0]?.title, 'adds');
  t.ok(result.failures[0]?.lines.includes('    expected: 4'));
  t.notOk(result.failures[0]?.lines.includes('ok 3 three'));
  t.end();
});

test('a skip is neither passed nor failed and keeps its reason', (t) => {
  const result = readTap('# SKIP no CUDA device\nok 1 no data here # SKIP\nok 2 x # SKIP later\n1..2\n');
  t.deepEqual([result.passed, result.failed], [0, 0]);
  t.deepEqual(result.skipped, ['no CUDA device', 'no data here', 'later']);
  t.end();
});

test('output that was cut off has no plan', (t) => {
  t.equal(readTap('TAP version 13\nok 1 a\n').planned, false);
  t.end();
});
