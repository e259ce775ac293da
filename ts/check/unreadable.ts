import { HyperliftError } from '../errors.js';
import { type Finding, finding } from './finding.js';

/** What to do about errors of the readers. */
const mends: Readonly<Record<string, string>> = {
  DATA_BAND_MISSING: 'get the missing files again',
  DATA_VARIABLE_AMBIGUOUS: '--variable NAME',
  DATA_AXES_AMBIGUOUS: 'hyperlift convert IN OUT --axes ORDER',
  DATA_CONFLICT: '--dataset none, or what the message says',
  DATA_TRUNCATED: 'get the file again: it was cut off',
  DATA_DAMAGED: 'get the file again: it is damaged',
};

/** An error of ours as a finding; any other is thrown on, and so is the signal's. */
export function unreadable(file: string, cause: unknown): Finding {
  if (!(cause instanceof HyperliftError)) throw cause;
  const found = cause.message.startsWith(`${file}: `) ? cause.message.slice(file.length + 2) : cause.message;
  const mend = mends[cause.code] ?? 'see what it is: hyperlift info FILE';
  return finding(
    'error',
    cause.code === 'DATA_BAND_MISSING' ? 'band-empty' : 'unreadable',
    file,
    found,
    mend,
  );
}
