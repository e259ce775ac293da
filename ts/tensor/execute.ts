import { native } from '../native/index.js';
import type { NativeTensor, OpParameters } from '../native/types.js';
import { asCaught, currentScope } from './scope.js';

/** Anything with a native tensor behind it. */
export interface HasNative {
  readonly native: NativeTensor;
}

/** A tensor, or a number that takes part in broadcasting and leaves the tensor's dtype alone. */
export type Operand = HasNative | number | bigint;

function nativeOf(operand: Operand): NativeTensor | number | bigint {
  return typeof operand === 'object' && operand !== null ? operand.native : operand;
}

/** Puts an operation of cpp/ops on this thread's queue; it runs after all that was called before it, under the grad
 * mode and the abort signal of the caller's scope. */
export async function compute(
  op: string,
  inputs: readonly Operand[],
  parameters?: OpParameters,
): Promise<NativeTensor[]> {
  const { grad, stop } = currentScope();
  return queued(() => native().compute(op, inputs.map(nativeOf), parameters, grad, stop));
}

/** Like `compute` for operations with one result. */
export async function computeOne(
  op: string,
  inputs: readonly Operand[],
  parameters?: OpParameters,
): Promise<NativeTensor> {
  const [result] = await compute(op, inputs, parameters);
  return result as NativeTensor;
}

/** Awaits a native promise, and gives its error the caller's stack. */
export async function queued<T>(call: () => Promise<T>): Promise<T> {
  const { signal } = currentScope();
  try {
    return await call();
  } catch (error) {
    throw asCaught(error, signal);
  }
}

/** A view, at once: it shares its values with the input. */
export function view(op: string, input: HasNative, parameters?: OpParameters): NativeTensor[] {
  return native().view(op, [input.native], parameters, currentScope().grad);
}
