import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { checkGolden, goldenLine } from '../../../ts/golden/index.js';
import { readSafetensors, writeSafetensors } from '../../../ts/io/index.js';
import { failsWith } from '../failure.js';
import { fixture, root } from '../shared-folder.js';
import { withFolder } from '../temporary-folder.js';

const folder = join(root, 'test', 'golden');
const files = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));

for (const name of files) {
  test(`this build agrees with golden ${name}`, async (t) => {
    const result = await checkGolden(join(folder, name));
    t.equal(result.verdict, 'agrees', goldenLine(result));
    t.ok(result.deviations.length > 0, `${result.deviations.length} quantities were compared`);
  });
}

/** What `use` gives for a copy of golden mstpp after `change`. */
async function altered<T>(
  change: (golden: Awaited<ReturnType<typeof readSafetensors>>) => void,
  use: (file: string) => Promise<T>,
): Promise<T> {
  return withFolder(async (into) => {
    const golden = await readSafetensors(join(folder, 'mstpp.safetensors'));
    change(golden);
    const file = join(into, 'altered.safetensors');
    await writeSafetensors(file, golden.tensors, golden.metadata);
    return use(file);
  });
}

test('an output that is off by more than the tolerance differs, and the line says where', async (t) => {
  const result = await altered(({ tensors }) => {
    const y = tensors.get('output/y');
    if (y !== undefined) new DataView(y.data.buffer, y.data.byteOffset).setFloat32(400, 5, true);
  }, checkGolden);
  t.equal(result.verdict, 'differs');
  t.match(goldenLine(result), /^mstpp .*DIFFERS: .*y of inference/, goldenLine(result));
});

test('another gain gives other weights, and every gradient differs', async (t) => {
  const result = await altered(({ metadata }) => {
    metadata.gain = '0.9';
  }, checkGolden);
  t.equal(result.verdict, 'differs');
  t.ok((result.gradient?.error ?? 0) > 1e-2, 'the worst gradient is far out');
});

test('what this build does not have is named, not failed', async (t) => {
  const result = await altered(({ metadata }) => {
    metadata.network = 'nonsuch';
  }, checkGolden);
  t.equal(result.verdict, 'not in this build');
  t.match(goldenLine(result), /network nonsuch/);
});

test('a safetensors file that is no golden one is refused', async (t) => {
  const work = altered(({ metadata }) => {
    delete metadata.kind;
  }, checkGolden);
  await failsWith(t, work, 'CHECKPOINT_FORMAT', /altered\.safetensors/);
  await failsWith(t, checkGolden(fixture('nothing.safetensors')), 'CHECKPOINT_MISSING', /nothing/);
});
