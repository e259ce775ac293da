import { isLoaded, native } from '../native/index.js';

/** What the tensors of this JavaScript thread hold. */
export interface MemoryUse {
  /** Tensors that are neither disposed nor collected. */
  tensors: number;
  /** Bytes of the values behind them; views of one tensor count once. */
  bytes: number;
}

/** Counts this thread's live tensors, to find leaks: after a loop that disposes what it makes, the numbers are those from
 * before. */
export function memory(): MemoryUse {
  return isLoaded() ? native().memory() : { tensors: 0, bytes: 0 };
}

/** Bytes of large CPU tensors that are gone, which the process keeps for the next ones: a training step asks for the same sizes again
 * and again. What is in use and what is kept together never exceed the most that was in use at one time, and a process that
 * computes nothing for some seconds gives it all back. */
export function keptMemory(): number {
  return isLoaded() ? native().keptMemory() : 0;
}

/** Devices of this machine by name: `cpu`, then `cuda:0`, ... */
export function devices(): string[] {
  return native().devices();
}

/** How many threads each computation uses. */
export function threads(): number {
  return native().threads();
}

/** Sets how many threads each computation uses, in the whole process; it starts with OMP_NUM_THREADS, or the number of cores. A
 * run's numbers are reproducible to the bit only with equal numbers of threads.
 * @throws {ConfigError} `CONFIG_THREADS` for less than 1. */
export function setThreads(count: number): void {
  native().setThreads(count);
}
