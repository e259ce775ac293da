import type { Test } from 'tape';
import { HyperliftError } from '../../../ts/errors.js';

/** Asserts that `body` throws or rejects with `code`, and that the message names the culprits. */
export async function rejects(
  t: Test,
  body: () => unknown,
  code: string,
  culprits: readonly (string | RegExp)[],
  title: string,
): Promise<void> {
  try {
    await body();
  } catch (error) {
    const found = error instanceof HyperliftError ? error.code : String(error);
    t.equal(found, code, `${title}: code`);
    const message = error instanceof Error ? error.message : '';
    for (const culprit of culprits) {
      const named = typeof culprit === 'string' ? message.includes(culprit) : culprit.test(message);
      t.ok(named, `${title}: the message names ${culprit}: ${message}`);
    }
    return;
  }
  t.fail(`${title}: nothing was thrown`);
}

/** Asserts that numbers agree to a tolerance (default: float32 rounding). */
export function near(
  t: Test,
  found: ArrayLike<number>,
  expected: readonly number[],
  title: string,
  tolerance = 1e-6,
): void {
  const same =
    found.length === expected.length &&
    expected.every((value, i) => {
      const other = found[i] ?? Number.NaN;
      return Object.is(value, other) || Math.abs(value - other) <= tolerance * Math.max(1, Math.abs(value));
    });
  t.ok(
    same,
    same ? title : `${title}: found ${[...Array.from(found)].join(', ')}, expected ${expected.join(', ')}`,
  );
}
