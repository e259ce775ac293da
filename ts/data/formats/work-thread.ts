import { Worker } from 'node:worker_threads';
import { DataError, errorFor } from '../../errors.js';

/** What a thread can be asked: each method takes one argument that can be cloned, and `progress` to say that it lives. */
export type ThreadWork<W> = {
  // Any one argument: each call is checked against its own method.
  [M in keyof W]: (argument: never, progress: () => void) => unknown;
};

type Argument<W, M extends keyof W> = W[M] extends (argument: infer A, ...rest: never[]) => unknown
  ? A
  : never;
type Result<W, M extends keyof W> = W[M] extends (...given: never[]) => infer R ? Awaited<R> : never;

/** A request as it crosses to the thread. */
export interface WorkRequest {
  id: number;
  method: string;
  argument: unknown;
}

/** What comes back: a sign of life, or the end of the request. `spent`: the thread must not be used again. */
export type WorkReply = { id: number; spent?: boolean } & (
  | { state: 'working' }
  | { state: 'done'; result: unknown }
  | { state: 'failed'; code: string; message: string }
);

interface Pending {
  request: WorkRequest;
  what: string;
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

/** One worker thread for libraries that compute without letting the event loop turn. Started at the first request, it lets the
 * process end when nothing is asked of it, and is started anew after it died or stood still. */
export class WorkThread<W extends ThreadWork<W>> {
  private worker: Worker | undefined;
  private readonly pending = new Map<number, Pending>();
  private requests = 0;
  private watch: NodeJS.Timeout | undefined;

  /** @param patience milliseconds without a sign of life after which the thread is given up.
   * @param heap MiB of its own JavaScript; typed arrays and WebAssembly do not count. */
  constructor(
    private readonly file: URL,
    private readonly patience = 60_000,
    private readonly heap = 1024,
  ) {}

  /** Asks the thread; `what` names the file in errors.
   * @throws what the method throws, and {DataError} `DATA_DAMAGED` when the thread dies or stands still over it. */
  async call<M extends keyof W & string>(
    method: M,
    argument: Argument<W, M>,
    what: string,
  ): Promise<Result<W, M>> {
    const request = { id: ++this.requests, method, argument };
    return new Promise<Result<W, M>>((resolve, reject) => {
      this.pending.set(request.id, { request, what, resolve: resolve as Pending['resolve'], reject });
      this.send(request);
    });
  }

  private send(request: WorkRequest): void {
    const worker = this.started();
    worker.ref();
    this.rewind();
    worker.postMessage(request);
  }

  private started(): Worker {
    if (this.worker !== undefined) return this.worker;
    const worker = new Worker(this.file, {
      // Flags of the process, such as those of `node -e`, are not all for threads.
      execArgv: [],
      // geotiff's own notion of a worker looks into it.
      workerData: {},
      resourceLimits: { maxOldGenerationSizeMb: this.heap },
    });
    worker.on('message', (reply: WorkReply) => this.receive(worker, reply));
    worker.on('error', (cause) => this.lose(worker, `its reader gave up: ${cause.message}`, cause));
    worker.on('exit', () => this.lose(worker, 'its reader ended'));
    worker.unref();
    this.worker = worker;
    return worker;
  }

  private receive(worker: Worker, reply: WorkReply): void {
    if (worker !== this.worker) return;
    this.rewind();
    if (reply.state !== 'working') this.settle(reply);
    if (reply.spent) this.replace(worker);
    else if (this.pending.size === 0) this.rest(worker);
  }

  private settle(reply: Exclude<WorkReply, { state: 'working' }>): void {
    const asked = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if (reply.state === 'done') asked?.resolve(reply.result);
    else asked?.reject(errorFor(reply.code, reply.message));
  }

  private rest(worker: Worker): void {
    clearTimeout(this.watch);
    this.watch = undefined;
    worker.unref();
  }

  private rewind(): void {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => {
      if (this.worker !== undefined)
        this.lose(this.worker, `no progress in ${this.patience / 1000} seconds; it was given up`);
    }, this.patience);
  }

  /** The thread works on its oldest request: that one fails, the others are asked of the next thread. */
  private lose(worker: Worker, why: string, cause?: Error): void {
    if (worker !== this.worker) return;
    const [culprit] = this.pending.values();
    if (culprit !== undefined) {
      this.pending.delete(culprit.request.id);
      culprit.reject(new DataError('DATA_DAMAGED', `${culprit.what}: cannot be read: ${why}`, { cause }));
    }
    this.replace(worker);
  }

  private replace(worker: Worker): void {
    this.rest(worker);
    this.worker = undefined;
    void worker.terminate();
    for (const { request } of this.pending.values()) this.send(request);
  }
}
