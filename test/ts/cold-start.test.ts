import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import test from 'tape';
import { packageRoot } from '../../ts/package-root.js';

const statics = /^(?:import|export)\s(?:[^'"]*?\sfrom\s*)?['"]([^'"]+)['"]/gm;

/** Packages that a built file imports as it is loaded, itself or through files it imports. */
function packagesBehind(start: string): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const waiting = [start];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(statics)) {
      if (name.startsWith('.')) waiting.push(resolve(dirname(file), name));
      else if (!name.startsWith('node:')) packages.add(name);
    }
  }
  return packages;
}

test('heavy packages are loaded where they are used, not with the package or the command line', (t) => {
  const dist = join(packageRoot(), 'dist', 'ts');
  for (const entry of ['index.js', 'cli/main.js']) {
    t.deepEqual([...packagesBehind(join(dist, entry))].sort(), ['fastest-levenshtein'], entry);
  }
  t.end();
});

test('the import loads neither LibTorch nor the addon', (t) => {
  const program = `
    await import(${JSON.stringify(join(packageRoot(), 'dist/ts/index.js'))});
    const libraries = process.report.getReport().sharedObjects;
    process.stdout.write(String(libraries.filter((name) => /torch|hyperlift|sharp|vips/.test(name)).length));`;
  t.equal(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }), '0');
  t.end();
});
