import { parentPort } from 'node:worker_threads';
import { HyperliftError } from '../../errors.js';
import type { ThreadWork, WorkReply, WorkRequest } from './work-thread.js';

/** Errors after which nothing in this thread can be trusted: WebAssembly left its bounds, or ended itself. */
export function isFatal(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'RuntimeError';
}

/** Answers requests in the thread of a `WorkThread`, one after the other. Typed arrays are handed over, not copied.
 * @param spent whether the thread should be replaced once it has answered. */
export function serve<W extends ThreadWork<W>>(work: W, spent: () => boolean): void {
  // What libraries print is nobody's business; errors come as replies. Not by the Worker's own options: a stream that nobody reads
  // would keep the process from ending.
  for (const stream of [process.stdout, process.stderr]) stream.write = () => true;
  let queue = Promise.resolve();
  const answer = async ({ id, method, argument }: WorkRequest): Promise<void> => {
    const reply = (message: WorkReply, transfer: ArrayBuffer[] = []) =>
      parentPort?.postMessage(message, transfer);
    const progress = () => reply({ id, state: 'working' });
    try {
      // The asking side has checked the argument against the method.
      const does = work[method as keyof W] as unknown as (argument: unknown, progress: () => void) => unknown;
      const result = await does(argument, progress);
      const transfer = ArrayBuffer.isView(result) ? [result.buffer as ArrayBuffer] : [];
      reply({ id, state: 'done', result, spent: spent() }, transfer);
    } catch (cause) {
      const code = cause instanceof HyperliftError ? cause.code : 'DATA_DAMAGED';
      const [message = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
      reply({ id, state: 'failed', code, message, spent: isFatal(cause) || spent() });
    }
  };
  parentPort?.on('message', (request: WorkRequest) => {
    queue = queue.then(() => answer(request));
  });
}
