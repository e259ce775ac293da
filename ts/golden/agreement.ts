/** One quantity of ours beside the golden one. Errors are relative, as the golden files' README defines them. */
export interface Deviation {
  name: string;
  of: 'output' | 'gradient';
  error: number;
  allowed: number;
}

/** Whether the deviation is within what is allowed; NaN is not. */
export function agrees({ error, allowed }: Deviation): boolean {
  return error <= allowed;
}

/** The deviation that is farthest out, measured by what it is allowed. */
export function worst(deviations: readonly Deviation[]): Deviation | undefined {
  const measure = ({ error, allowed }: Deviation): number => {
    if (Number.isNaN(error)) return Infinity;
    return error === 0 ? 0 : error / allowed;
  };
  return deviations.reduce<Deviation | undefined>(
    (found, next) => (found === undefined || measure(next) >= measure(found) ? next : found),
    undefined,
  );
}

/** max |ours - golden| / max |golden|. Values that are NaN in the golden must be NaN in ours. */
export function relativeError(ours: ArrayLike<number>, golden: ArrayLike<number>): number {
  if (ours.length !== golden.length) return Infinity;
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < golden.length; i++) {
    const [a, b] = [ours[i] ?? Number.NaN, golden[i] ?? Number.NaN];
    if (Number.isNaN(a) !== Number.isNaN(b)) return Infinity;
    if (Number.isNaN(b) || a === b) continue;
    difference = Math.max(difference, Math.abs(a - b));
    largest = Math.max(largest, Math.abs(b));
  }
  return difference === 0 ? 0 : difference / largest;
}

/** The three numbers that a golden file keeps of a parameter's gradient; the third is not compared. */
export interface GradientStatistics {
  norm: number;
  projection: number;
}

/** Statistics of a gradient; `probe` is the vector that it is projected on. */
export function statisticsOf(gradient: ArrayLike<number>, probe: ArrayLike<number>): GradientStatistics {
  let squares = 0;
  let projection = 0;
  for (let i = 0; i < gradient.length; i++) {
    const value = gradient[i] ?? 0;
    squares += value * value;
    projection += value * (probe[i] ?? 0);
  }
  return { norm: Math.sqrt(squares), projection };
}

/** The larger error of norm and projection, relative to the golden norm or `floor`. */
export function statisticsError(ours: GradientStatistics, golden: GradientStatistics, floor: number): number {
  const scale = Math.max(golden.norm, floor);
  const error = Math.max(Math.abs(ours.norm - golden.norm), Math.abs(ours.projection - golden.projection));
  return scale === 0 ? error : error / scale;
}
