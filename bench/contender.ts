import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process that answers each line with a line of JSON. */
export class Contender {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(name: string, command: string, args: readonly string[], threads: number) {
    this.name = name;
    const env = { ...process.env, OMP_NUM_THREADS: String(threads), MKL_NUM_THREADS: String(threads) };
    this.#child = spawn(command, [...args], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child.on('error', () => undefined); // the answer that never comes tells it
    const output = this.#child.stdout;
    if (output === null) throw new RangeError('a contender has an output');
    this.#lines = createInterface({ input: output })[Symbol.asyncIterator]();
  }

  /** Of its process. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The answer, or null where the contender cannot do what is asked, which is said aloud. */
  async ask<T>(request: object): Promise<T | null> {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) return null;
    const reply = JSON.parse(value);
    if (reply.error === undefined) return reply;
    console.error(`${this.name}: ${reply.error}`);
    return null;
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin?.end();
    if (this.#child.exitCode === null) await ended;
  }
}

/** Asks a fresh process one thing, so that nothing else counts towards its memory. */
export async function askFresh<T>(start: () => Contender, request: object): Promise<T | null> {
  const process = start();
  try {
    return await process.ask<T>(request);
  } finally {
    await process.end();
  }
}
