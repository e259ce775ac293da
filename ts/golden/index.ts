/** Holds this build against golden files: numbers computed with the original authors' code. */
import { agrees, type Deviation, worst } from './agreement.js';
import { NotInThisBuild } from './check.js';
import { checks } from './checks/index.js';
import { GoldenFile } from './golden-file.js';

export type { Deviation } from './agreement.js';

/** What holding one file against this build gave. */
export interface GoldenResult {
  id: string;
  file: string;
  verdict: 'agrees' | 'differs' | 'not in this build';
  /** Everything that was compared. */
  deviations: Deviation[];
  /** The deviations farthest out; of what was not compared there is none. */
  output: Deviation | undefined;
  gradient: Deviation | undefined;
  /** What is not in this build. */
  missing?: string;
}

/** Checks one file.
 * @throws {ModelError} `CHECKPOINT_*` for a file that is no golden one. */
export async function checkGolden(file: string): Promise<GoldenResult> {
  const golden = await GoldenFile.read(file);
  const base = { id: golden.id, file, deviations: [], output: undefined, gradient: undefined };
  const check = checks[golden.id] ?? checks[`kind:${golden.kind}`];
  const missing = `${golden.kind} ${golden.id}`;
  if (check === undefined) return { ...base, verdict: 'not in this build', missing };
  try {
    const deviations = await check(golden);
    const of = (kind: Deviation['of']) => worst(deviations.filter((deviation) => deviation.of === kind));
    const verdict = deviations.length > 0 && deviations.every(agrees) ? 'agrees' : 'differs';
    return { ...base, verdict, deviations, output: of('output'), gradient: of('gradient') };
  } catch (error) {
    if (error instanceof NotInThisBuild)
      return { ...base, verdict: 'not in this build', missing: error.message };
    throw error;
  }
}

function shown(deviation: Deviation | undefined): string {
  return deviation === undefined ? '-' : deviation.error.toExponential(1);
}

/** One line: id, error of the output, worst gradient error, verdict; and what is out where something is. */
export function goldenLine({ id, verdict, output, gradient, deviations, missing }: GoldenResult): string {
  const columns = `${id.padEnd(24)} output ${shown(output).padEnd(8)} gradient ${shown(gradient).padEnd(8)}`;
  if (verdict === 'not in this build') return `${id.padEnd(24)} not in this build: ${missing ?? id}`;
  if (verdict === 'agrees') return `${columns} agrees`;
  const out = deviations.filter((deviation) => !agrees(deviation));
  const named = out.slice(0, 3).map(({ name, error, allowed }) => {
    return `${name} ${error.toExponential(1)} (allowed ${allowed.toExponential(1)})`;
  });
  const more = out.length > 3 ? `, and ${out.length - 3} more` : '';
  return `${columns} DIFFERS: ${named.join(', ')}${more}`;
}
