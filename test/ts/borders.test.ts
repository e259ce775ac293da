import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import test from 'tape';
import { packageRoot } from '../../ts/package-root.js';

/** The layers, lowest first; an import goes down, or stays within its line. */
const typescriptLayers: readonly (readonly string[])[] = [
  ['errors', 'package-root', 'version'],
  ['libtorch', 'config'],
  ['native'],
  ['tensor'],
  ['data', 'degrade', 'io', 'metrics', 'models'],
  ['train', 'evaluate', 'reconstruct', 'convert', 'prepare', 'simulate', 'refine', 'upscale', 'check'],
  ['golden', 'compare', 'table'],
  ['index', 'demo', 'cli'],
];

/** What each native folder may include, besides itself. */
const nativeIncludes: Readonly<Record<string, readonly string[]>> = {
  core: [],
  ops: ['core'],
  nn: ['core', 'ops'],
  models: ['core', 'ops', 'nn'],
  io: ['core'],
  data: ['core', 'ops'],
  metrics: ['core', 'ops'],
  distributed: ['core'],
  train: ['core', 'ops', 'nn', 'models', 'io', 'data', 'distributed'],
  addon: ['core', 'ops', 'nn', 'models', 'io', 'data', 'metrics', 'distributed', 'train'],
};

interface Line {
  file: string;
  text: string;
}

function linesBelow(folder: string, ending: RegExp): Line[] {
  const root = packageRoot();
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .flatMap((name) => {
      const file = join(folder, name);
      return readFileSync(join(root, file), 'utf8')
        .split('\n')
        .map((text) => ({ file, text }));
    });
}

const typescript = linesBelow('ts', /\.ts$/);
const native = linesBelow('cpp', /\.(h|cpp)$/);

/** 'ts/data/formats/mat.ts' -> 'data', 'ts/errors.ts' -> 'errors'. */
function partOf(file: string): string {
  return (file.split('/')[1] ?? '').replace(/\.[jt]s$/, '');
}

function layerOf(part: string): number {
  return typescriptLayers.findIndex((parts) => parts.includes(part));
}

function violations(lines: readonly Line[], isWrong: (line: Line) => boolean): string[] {
  return lines.filter(isWrong).map(({ file, text }) => `${file}: ${text.trim()}`);
}

test('every folder of ts and cpp has its place among the layers', (t) => {
  const parts = new Set(typescript.map(({ file }) => partOf(file)));
  t.deepEqual(
    [...parts].filter((part) => layerOf(part) < 0),
    [],
  );
  const folders = new Set(native.map(({ file }) => partOf(file)));
  t.deepEqual(
    [...folders].filter((folder) => nativeIncludes[folder] === undefined),
    [],
  );
  t.end();
});

test('TypeScript imports only from its own layer or below', (t) => {
  const wrong = violations(typescript, ({ file, text }) => {
    const target = /(?:from|import\()\s*'(\.{1,2}\/[^']+)'/.exec(text)?.[1];
    if (target === undefined) return false;
    const imported = partOf(relative('.', join(dirname(file), target)));
    return layerOf(imported) > layerOf(partOf(file));
  });
  t.deepEqual(wrong, []);
  t.end();
});

test('C++ folders include only what they may', (t) => {
  const wrong = violations(native, ({ file, text }) => {
    const target = /^#include "([a-z_]+)\//.exec(text)?.[1];
    const own = partOf(file);
    return target !== undefined && target !== own && !(nativeIncludes[own] ?? []).includes(target);
  });
  t.deepEqual(wrong, []);
  t.end();
});

test('Node-API stays in cpp/addon, LibTorch headers in cpp/core', (t) => {
  const napi = violations(
    native,
    ({ file, text }) => /#include <napi/.test(text) && partOf(file) !== 'addon',
  );
  t.deepEqual(napi, []);
  // version.h is a few macros and drags nothing along.
  const torch = violations(
    native,
    ({ file, text }) => /#include <(torch|ATen|c10)\/(?!version\.h)/.test(text) && partOf(file) !== 'core',
  );
  t.deepEqual(torch, []);
  t.end();
});

test('the addon is loaded in ts/native alone', (t) => {
  const wrong = violations(
    typescript,
    ({ file, text }) => /process\.dlopen/.test(text) && partOf(file) !== 'native',
  );
  t.deepEqual(wrong, []);
  t.end();
});

test('only commands print or set the exit status', (t) => {
  const printing =
    /\bconsole\.(log|error|warn|info)\(|process\.(stdout|stderr)\.write|process\.exit(Code|\()/;
  const isCode = (text: string) => !/^\s*(\*|\/\*|\/\/)/.test(text);
  const wrong = violations(
    typescript,
    ({ file, text }) => isCode(text) && printing.test(text) && !['cli', 'demo'].includes(partOf(file)),
  );
  t.deepEqual(wrong, []);
  t.end();
});

/** Words of code, without comments and without what help shows as an example. */
function codeNaming(id: string): string[] {
  const lines = [...typescript, ...native].filter(({ text }) => !/^\s*(\*|\/\*|\/\/)|\bline: /.test(text));
  const naming = lines.filter(
    ({ text }) =>
      text
        .replace(/\/\/.*$/, '')
        .toLowerCase()
        .includes(`'${id}'`) || text.includes(`"${id}"`),
  );
  return [...new Set(naming.map(({ file }) => file))];
}

test('a network is named in its own file alone', (t) => {
  const ids = native.flatMap(({ file }) => /^cpp\/models\/(\w+)\.cpp$/.exec(file)?.[1] ?? []);
  const infrastructure = ['model', 'options', 'registry'];
  const networks = [...new Set(ids)].filter((id) => !infrastructure.includes(id));
  t.ok(networks.length >= 2, networks.join(', '));
  // The defaults of --model, the demo's network, the protocols of scores and the paper's columns; the regression is every report's line to beat.
  const chosen = [
    'ts/config/train-options.ts',
    'ts/config/evaluate-options.ts',
    'ts/demo/main.ts',
    'ts/table/figures.ts',
  ];
  for (const id of networks.filter((name) => name !== 'rootpoly')) {
    const elsewhere = codeNaming(id).filter(
      (file) => file !== `cpp/models/${id}.cpp` && !chosen.includes(file),
    );
    t.deepEqual(elsewhere, [], id);
  }
  t.end();
});
