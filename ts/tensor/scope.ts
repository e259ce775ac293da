import { AsyncLocalStorage } from 'node:async_hooks';
import { RunError } from '../errors.js';
import { native } from '../native/index.js';
import type { NativeStop } from '../native/types.js';

/** What tidy needs of a tensor. */
export interface Disposable {
  readonly disposed: boolean;
  dispose(): void;
}

interface Tidy {
  ended: boolean;
  readonly live: Set<Disposable>;
}

interface Scope {
  readonly grad: boolean;
  readonly tidy: Tidy | null;
  readonly signal: AbortSignal | null;
  readonly stop: NativeStop | undefined;
}

const outside: Scope = { grad: true, tidy: null, signal: null, stop: undefined };
const storage = new AsyncLocalStorage<Scope>();

/** The scope of the running asynchronous call. */
export function currentScope(): Scope {
  return storage.getStore() ?? outside;
}

/** Gives a new tensor to the running tidy scope. One that arrives after its scope has ended belongs to nobody. */
export function adopt(tensor: Disposable): void {
  const { tidy } = currentScope();
  if (tidy === null) return;
  if (tidy.ended) tensor.dispose();
  else tidy.live.add(tensor);
}

/** Runs `body` and disposes every tensor made in it, at its end or its failure, except those that it returns (alone,
 * or in arrays, maps and plain objects) and those given to `keep`. Returned ones belong to the scope around. Calls
 * that were not awaited inside are disposed of when they arrive.
 * @example const mean = await tidy(async () => (await image.div(255)).mean());
 * @returns what `body` returns. */
export async function tidy<T>(body: () => T | Promise<T>): Promise<T> {
  const scope: Tidy = { ended: false, live: new Set() };
  const outer = currentScope();
  try {
    const result = await storage.run({ ...outer, tidy: scope }, async () => body());
    release(result, scope, outer.tidy);
    return result;
  } finally {
    scope.ended = true;
    for (const tensor of scope.live) tensor.dispose();
    scope.live.clear();
  }
}

/** Takes a tensor out of the running tidy scope: it lives until it is disposed. Outside of tidy it does nothing. */
export function keep<T extends Disposable>(tensor: T): T {
  currentScope().tidy?.live.delete(tensor);
  return tensor;
}

// Moves the tensors within a result from an ending scope to the one around it.
function release(value: unknown, from: Tidy, to: Tidy | null): void {
  if (typeof value !== 'object' || value === null) return;
  if (from.live.has(value as Disposable)) {
    from.live.delete(value as Disposable);
    to?.live.add(value as Disposable);
    return;
  }
  for (const part of partsOf(value)) release(part, from, to);
}

function partsOf(value: object): Iterable<unknown> {
  if (Array.isArray(value) || value instanceof Set) return value;
  if (value instanceof Map) return value.values();
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.values(value) : [];
}

/** Runs `body` without recording gradients: what is computed in it, awaited or not, does not require one. */
export async function noGrad<T>(body: () => T | Promise<T>): Promise<T> {
  return storage.run({ ...currentScope(), grad: false }, async () => body());
}

/** Runs `body` recording gradients again inside a `noGrad`. */
export async function withGrad<T>(body: () => T | Promise<T>): Promise<T> {
  return storage.run({ ...currentScope(), grad: true }, async () => body());
}

/** Runs `body`; once `signal` aborts, every tensor operation of it that has not ended rejects with `RUN_ABORTED` (its
 * `cause` is the signal's reason): those still queued never start, the one that computes is dropped at its end.
 * @throws {RunError} `RUN_ABORTED`. */
export async function abortable<T>(signal: AbortSignal, body: () => T | Promise<T>): Promise<T> {
  const outer = currentScope();
  const both = outer.signal === null ? signal : AbortSignal.any([outer.signal, signal]);
  const stop = native().stopToken();
  const onAbort = () => stop.stop();
  if (both.aborted) onAbort();
  both.addEventListener('abort', onAbort, { once: true });
  try {
    return await storage.run({ ...outer, signal: both, stop }, async () => body());
  } finally {
    both.removeEventListener('abort', onAbort);
  }
}

/** An error of the native queue, as the caller should see it: with the signal's reason, and with the caller's own
 * stack, since a queue thread has none of JavaScript. */
export function asCaught(error: unknown, signal: AbortSignal | null): unknown {
  if (!(error instanceof Error)) return error;
  if (signal?.aborted && error instanceof RunError && error.code === 'RUN_ABORTED') {
    return new RunError('RUN_ABORTED', error.message, { cause: signal.reason });
  }
  Error.captureStackTrace(error, asCaught);
  return error;
}
