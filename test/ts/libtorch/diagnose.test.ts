import test from 'tape';
import { diagnose } from '../../../ts/libtorch/diagnose.js';
import { withOwnPlaces } from './own-places.js';

const runtime = async () => ({ libtorch: '2.13.0', threads: 2, devices: ['cpu'] });

test('doctor without a LibTorch is not ok, names it and still lists the rest', async (t) => {
  await withOwnPlaces(async (folder) => {
    process.env.LIBTORCH = folder;
    const { ok, libtorch, findings, runtime: loaded } = await diagnose({ runtime });
    t.equal(ok, false);
    t.equal(libtorch, null);
    t.equal(loaded, null, 'nothing is loaded then');
    const finding = findings.find(({ topic }) => topic === 'LibTorch');
    t.equal(finding?.state, 'missing');
    t.ok(finding?.text.includes(folder));
    for (const topic of ['Node', 'System', 'CPU', 'sharp', 'zeromq'])
      t.ok(
        findings.some((each) => each.topic === topic),
        topic,
      );
  });
});

test('an addon that cannot be loaded is a finding, not an exception', async (t) => {
  const { ok, findings } = await diagnose({
    runtime: () => Promise.reject(new Error('libgomp is not there')),
  });
  t.equal(ok, false);
  t.ok(findings.some(({ state, text }) => state === 'missing' && text.length > 0));
});

test('where all is in place doctor is ok', async (t) => {
  const { ok, findings, libtorch, addon } = await diagnose({ runtime });
  t.ok(
    ok,
    findings
      .filter(({ state }) => state === 'missing')
      .map(({ text }) => text)
      .join('; ') || 'nothing is missing',
  );
  t.match(libtorch?.version ?? '', /^2\.\d+\.\d+$/);
  t.ok(addon?.file.endsWith('hyperlift.node'));
});
