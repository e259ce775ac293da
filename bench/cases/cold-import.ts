import { execFileSync } from 'node:child_process';
import { packageRoot } from '../../ts/package-root.js';
import type { FigureCase } from '../figure.js';
import { median } from '../statistics.js';

/** Milliseconds of a fresh process from start to exit, and what its program prints. */
function runFresh(program: string): { wall: number; printed: string } {
  const start = performance.now();
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: packageRoot(), // where the package finds itself by its name
    encoding: 'utf8',
  });
  return { wall: performance.now() - start, printed };
}

const importing = `const start = performance.now();
await import('hyperlift');
process.stdout.write(String(performance.now() - start));`;

/** `import 'hyperlift'` in fresh processes, in turn with an empty program. */
export const coldImport: FigureCase = {
  part: 'import',
  async measure({ effort: { rounds, repetitions } }) {
    const times = { import: [] as number[], process: [] as number[], bare: [] as number[] };
    for (let run = 0; run < rounds * repetitions; run++) {
      times.bare.push(runFresh('').wall);
      const { wall, printed } = runFresh(importing);
      times.process.push(wall);
      times.import.push(Number(printed));
    }
    return [
      {
        name: "cold import 'hyperlift'",
        unit: 'ms',
        value: median(times.import),
        limit: 150,
        parts: { 'process ms': median(times.process), 'bare node ms': median(times.bare) },
      },
    ];
  },
};
