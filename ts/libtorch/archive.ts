import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { titleOf } from './version.js';

/** LibTorch's official download address. Its zip is checked by size, by each file's checksum and by its version;
 * no checksum of the whole is published beside it. */
function addressOf(version: string, tag: string): string {
  return `https://download.pytorch.org/libtorch/${tag}/libtorch-shared-with-deps-${version}%2B${tag}.zip`;
}

const millisecondsToAnswer = 15_000;

/** Fetches the official archive, or says why not.
 * @param tag 'cpu' or 'cu130'. */
export async function fetchArchive(
  release: { version: string; cuda: string | null },
  tag: string,
  to: string,
  report: (line: string) => void,
  signal?: AbortSignal,
): Promise<{ file: string } | { failure: string }> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { failure: `the official archive: none is offered for ${process.platform}-${process.arch}` };
  }
  const address = addressOf(release.version, tag);
  report(`Fetching ${titleOf(release)} from ${address}`);
  try {
    return await download(address, to, report, signal);
  } catch (error) {
    signal?.throwIfAborted();
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { failure: `${address}: ${cause instanceof Error ? cause.message : String(cause)}` };
  }
}

async function download(
  address: string,
  to: string,
  report: (line: string) => void,
  signal?: AbortSignal,
): Promise<{ file: string } | { failure: string }> {
  const impatience = new AbortController();
  const timer = setTimeout(() => impatience.abort(new Error('no answer within 15 s')), millisecondsToAnswer);
  const signals = signal === undefined ? [impatience.signal] : [impatience.signal, signal];
  const answer = await fetch(address, { signal: AbortSignal.any(signals) }).finally(() =>
    clearTimeout(timer),
  );
  if (!answer.ok || answer.body === null) return { failure: `${address}: answered ${answer.status}` };
  const announced = Number(answer.headers.get('content-length') ?? 0);
  let received = 0;
  let said = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      if (received - said >= 50e6) {
        said = received;
        report(`${Math.round(received / 1e6)} of ${Math.round(announced / 1e6)} MB`);
      }
      done(null, chunk);
    },
  });
  await pipeline(
    Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]),
    counter,
    createWriteStream(to),
  );
  if (announced !== 0 && received !== announced) {
    return { failure: `${address}: ${received} of ${announced} bytes arrived` };
  }
  return { file: to };
}
