import type { Test } from 'tape';
import { HyperliftError } from '../../ts/errors.js';

/** Asserts that a promise is rejected with an error of ours: this code, and a message that names the culprit. */
export async function failsWith(
  t: Test,
  work: Promise<unknown>,
  code: string,
  culprit: RegExp,
  title = code,
): Promise<void> {
  const error = await work.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof HyperliftError)) {
    t.fail(`${title}: expected ${code}, got ${error === null ? 'no error' : String(error)}`);
    return;
  }
  t.equal(error.code, code, `${title}: ${error.message}`);
  t.ok(culprit.test(error.message), `the message names ${culprit}`);
}
