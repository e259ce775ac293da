import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { fetchArchive } from '../../../ts/libtorch/archive.js';
import { withOwnPlaces } from './own-places.js';

const release = { version: '2.13.0', cuda: null };
const offered = process.platform === 'linux' && process.arch === 'x64';
const skip = offered ? false : 'no official archive is offered for this platform';

/** Fetches with an answer made here in place of the network's. */
async function fetchWith(answer: () => Response, folder: string) {
  const asked: string[] = [];
  const { fetch } = globalThis;
  globalThis.fetch = (address) => {
    asked.push(String(address));
    return Promise.resolve(answer());
  };
  try {
    return { asked, outcome: await fetchArchive(release, 'cpu', join(folder, 'a.zip'), () => {}) };
  } finally {
    globalThis.fetch = fetch;
  }
}

test('the archive is stored as it arrives', { skip }, async (t) => {
  await withOwnPlaces(async (folder) => {
    const body = Buffer.alloc(300_000, 7);
    const headers = { 'content-length': String(body.length) };
    const { asked, outcome } = await fetchWith(() => new Response(body, { headers }), folder);
    t.deepEqual(outcome, { file: join(folder, 'a.zip') });
    t.ok(readFileSync(join(folder, 'a.zip')).equals(body));
    t.match(asked[0] ?? '', /libtorch\/cpu\/libtorch-shared-with-deps-2\.13\.0%2Bcpu\.zip$/);
  });
});

test('an answer that is cut off or refuses says so', { skip }, async (t) => {
  await withOwnPlaces(async (folder) => {
    const headers = { 'content-length': '1000' };
    const cut = await fetchWith(() => new Response(Buffer.alloc(10), { headers }), folder);
    t.match('failure' in cut.outcome ? cut.outcome.failure : '', /10 of 1000 bytes/);
    const refused = await fetchWith(() => new Response('no', { status: 403 }), folder);
    t.match('failure' in refused.outcome ? refused.outcome.failure : '', /answered 403/);
  });
});
