/** How much a finding matters: an `error` makes results wrong or stops a run, a `warning` should be looked at, a `note` is
 * good to know. */
export type Severity = 'error' | 'warning' | 'note';

/** What a finding is about; stable. */
export type FindingCode =
  | 'unreadable'
  | 'bands-of-set'
  | 'axes-swapped'
  | 'bands-axis'
  | 'bands-differ'
  | 'band-empty'
  | 'band-repeated'
  | 'bad-bands'
  | 'not-finite'
  | 'ignore-value'
  | 'range'
  | 'scale-low'
  | 'negative'
  | 'dark'
  | 'saturated'
  | 'wavelengths-missing'
  | 'wavelengths-order'
  | 'wavelengths-range'
  | 'picture-missing'
  | 'picture-size'
  | 'bgr'
  | 'shifted'
  | 'turned'
  | 'mispaired'
  | 'unlike'
  | 'duplicate'
  | 'leak';

/** One thing that was found. */
export interface Finding {
  severity: Severity;
  code: FindingCode;
  /** The file or folder it was found in. */
  file: string;
  /** What was found, and what was expected. */
  found: string;
  /** The command or option that mends it, or what to do. */
  mend: string;
}

/** A finding of this severity and code, about one file. */
export function finding(
  severity: Severity,
  code: FindingCode,
  file: string,
  found: string,
  mend: string,
): Finding {
  return { severity, code, file, found, mend };
}

/** A share as people write it. */
export function percent(share: number): string {
  return `${share >= 0.1 ? Math.round(share * 100) : Number((share * 100).toPrecision(2))} %`;
}

/** A value with the digits that matter. */
export function short(value: number): string {
  return String(Number(value.toPrecision(5)));
}
