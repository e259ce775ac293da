import type h5wasm from 'h5wasm/node';
import { DataError } from '../../../errors.js';
import type { Hdf5Handle } from './hdf5-work.js';
import { isFatal } from '../work-serve.js';

/** The HDF5 library; loaded in its own thread alone, as everything it does is synchronous. */
export type Hdf5Module = Awaited<typeof h5wasm.ready>;

/** How many failed calls a library is used for: each may leave handles open behind it. */
const mostFailures = 64;
/** WebAssembly memory never shrinks; beyond this the thread is replaced once no file is open. */
const heapToKeep = 1 << 28;

let loading: Promise<Hdf5Module> | undefined;
let loaded: Hdf5Module | undefined;
let failures = 0;
const open = new Map<number, bigint>();

async function load(): Promise<Hdf5Module> {
  const { ready } = await import('h5wasm/node');
  const module = await ready;
  // Otherwise it prints its complaints, and fails later for another reason.
  module.activate_throwing_error_handler();
  loaded = module;
  return module;
}

/** The library, ready. */
export function hdf5(): Promise<Hdf5Module> {
  loading ??= load();
  return loading;
}

/** Whether the thread has become too large, or too littered. */
export function isSpent(): boolean {
  const heap = loaded?.HEAPU8.length ?? 0;
  return failures >= mostFailures || (open.size === 0 && heap > heapToKeep);
}

/** The innermost line of HDF5's stack of errors: what went wrong, without where in its sources. */
export function innermost(message: string): string {
  const lines = message.split('\n').filter((line) => /^\s*#\d+:/.test(line));
  const last = lines.at(-1) ?? message.split('\n')[0] ?? '';
  return last.replace(/^\s*#\d+:.*?\(\): /, '').trim();
}

/** Does something with the library; what it throws becomes an error of ours.
 * @throws {DataError} `DATA_DAMAGED`, and ours as they are. */
export function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof DataError || isFatal(cause)) throw cause;
    failures++;
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new DataError('DATA_DAMAGED', `${path}: cannot be read as HDF5: ${innermost(text)}`);
  }
}

/** The library's number for an open file, opened where this thread has not yet. */
export async function fileNumber({ id, path }: Hdf5Handle): Promise<bigint> {
  const module = await hdf5();
  const known = open.get(id);
  if (known !== undefined) return known;
  const number = guarded(path, () => module.open(path, module.H5F_ACC_RDONLY, false, -1, -1));
  if (number < 0n) throw new DataError('DATA_DAMAGED', `${path}: cannot be opened as HDF5`);
  open.set(id, number);
  return number;
}

/** Closes a file that may be open. */
export async function closeFile({ id, path }: Hdf5Handle): Promise<void> {
  const number = open.get(id);
  open.delete(id);
  if (number === undefined) return;
  const module = await hdf5();
  guarded(path, () => module.close_file(number));
}
