import { DataError } from '../../../errors.js';

const variableName = /^[A-Za-z]\w{0,62}$/;

/** @throws {DataError} `DATA_VARIABLE_NAME` for what MATLAB would not take as a name. */
export function checkVariableName(path: string, name: string): void {
  if (variableName.test(name)) return;
  const rule = 'letters, digits and underscores, a letter first, 63 at most';
  throw new DataError('DATA_VARIABLE_NAME', `${path}: '${name}' is not a MATLAB variable name (${rule})`);
}

/** Notes under names that MATLAB allows and the file does not have yet. */
export function asVariables(
  notes: Readonly<Record<string, string>>,
  taken: readonly (string | undefined)[],
): Record<string, string> {
  const allowed = Object.entries(notes).map(([name, text]) => {
    const word = name.replace(/\W/g, '_').replace(/^(?![A-Za-z])/, 'note_');
    return [word.slice(0, 63), text] as const;
  });
  return Object.fromEntries(allowed.filter(([name]) => !taken.includes(name)));
}
