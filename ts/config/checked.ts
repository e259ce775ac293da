import type { Option } from './option.js';
import type { GivenOptions, Table } from './table.js';
import { checkValues, checkWhole, defaultsOf } from './validate.js';

/** A table's values with its constant defaults filled in: what a function works with. An option that must be given,
 * or has a constant default, is always there. */
export type CheckedOptions<T extends Table> = {
  [K in keyof T['options']]:
    | ValueOf<T['options'][K]>
    | (T['options'][K] extends { readonly default: unknown } ? never : Absent<T, K>);
};

type ValueOf<O> = O extends Option<infer V> ? V : never;
type Absent<T extends Table, K> = T extends { readonly required: readonly (infer R)[] }
  ? K extends R
    ? never
    : undefined
  : undefined;

/** Checks the options of a call by name, type and as a whole, and fills in constant defaults.
 * @throws {ConfigError} `CONFIG_UNKNOWN`, `CONFIG_TYPE`, `CONFIG_MISSING`, `CONFIG_CONFLICT`. */
export function checkedOptions<T extends Table>(table: T, given: GivenOptions<T>): CheckedOptions<T> {
  const values = checkValues(table, given, { kind: 'call' });
  checkWhole(table, values, { kind: 'call' });
  return { ...defaultsOf(table), ...values } as CheckedOptions<T>;
}
