import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { alignedTable } from '../../ts/evaluate/index.js';
import { explanationOf, type ProtocolName, protocols, scoreNames } from '../../ts/metrics/index.js';
import { packageRoot } from '../../ts/package-root.js';

const page = join(packageRoot(), 'docs', 'guides', 'scores.md');
const begin = '<!-- protocols: made by UPDATE_DOCS=1 node dist/test/docs/protocols.test.js -->';
const end = '<!-- protocols: end -->';
const names = Object.keys(protocols) as ProtocolName[];

function sectionOf(name: ProtocolName): string[] {
  const { about, source, cubes, scores, protocolVersion } = explanationOf(name);
  const rows = scores.map(({ name: score, formula, defined }) => [
    `\`${score}\``,
    // A table takes a bar for the end of a cell, and a star for emphasis.
    formula.replaceAll('*', '\\*').replaceAll('<', '&lt;'),
    defined ? '' : 'as in `field`',
  ]);
  const table = alignedTable([['score', 'formula', ''], ...rows], 3).trimEnd();
  return [
    `### ${name}, version ${protocolVersion}`,
    '',
    `${about}.`,
    '',
    `From: ${source}.`,
    `${cubes}.`,
    '',
    table,
    '',
  ];
}

/** Protocols whose figures of a score may stand in one column: the same formula over the same part of a cube. */
function comparable(score: (typeof scoreNames)[number]): string {
  const groups = new Map<string, ProtocolName[]>();
  for (const name of names) {
    const formula = explanationOf(name).scores.find((entry) => entry.name === score)?.formula;
    const key = JSON.stringify([formula, protocols[name].margin]);
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups.values()].map((group) => group.map((name) => `\`${name}\``).join(' = ')).join('; ');
}

function generated(): string {
  const rows = scoreNames.map((score) => [`\`${score}\``, comparable(score)]);
  return [
    begin,
    '### Which figures may be compared',
    '',
    'Protocols that `=` joins give the same figure, for results within [0, 1] (`evaluate` cuts what a network makes; of files, those protocols that say so do). Figures of groups apart are other quantities, whatever their name.',
    '',
    alignedTable([['score', 'the same figure'], ...rows], 2),
    ...names.flatMap(sectionOf),
    end,
  ].join('\n');
}

test('docs/guides/scores.md says what the protocols are', (t) => {
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  t.ok(from >= 0 && to > from, 'the page has a place for them');
  const whole = `${text.slice(0, from)}${generated()}${text.slice(to + end.length)}`;
  if (process.env.UPDATE_DOCS === '1') writeFileSync(page, whole);
  t.ok(readFileSync(page, 'utf8') === whole, 'UPDATE_DOCS=1 makes it anew');
  t.end();
});
