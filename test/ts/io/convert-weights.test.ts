import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { convertWeights } from '../../../ts/io/convert-weights.js';
import {
  entryValues,
  readCheckpointMetadata,
  readPth,
  readSafetensors,
  type TensorEntries,
  tensorEntry,
  writeSafetensors,
} from '../../../ts/io/index.js';
import { native } from '../../../ts/native/index.js';
import { failsWith } from '../failure.js';
import { fixture } from '../shared-folder.js';
import { withFolder } from '../temporary-folder.js';

test('a .pth becomes a safetensors file with the same tensors', async (t) => {
  await withFolder(async (folder) => {
    const from = fixture('pth', 'legacy-checkpoint.pth');
    const to = join(folder, 'weights.safetensors');
    const report = await convertWeights({ from, to });
    t.same(
      [report.container, report.under, report.tensors, report.parameters, report.model],
      ['legacy', 'state_dict', 4, 31, null],
    );
    t.match(report.notes.join(), /'module\.'/);
    const { tensors } = await readPth(from);
    const back = await readSafetensors(to);
    for (const [name, entry] of tensors) {
      const found = back.tensors.get(name);
      t.same(found === undefined ? null : entryValues(found), entryValues(entry), name);
    }
    t.equal(JSON.parse(back.metadata.source ?? '{}').epoch, 12);
    const several = fixture('pth', 'three-networks.pth');
    await failsWith(t, convertWeights({ from: several, to }), 'CHECKPOINT_AMBIGUOUS', /'critic'/);
    t.equal((await convertWeights({ from: several, to, key: 'critic' })).under, 'critic');
    await failsWith(
      t,
      convertWeights({ from, to: join(folder, 'x.pth') }),
      'CONFIG_VALUE',
      /x\.pth.*safetensors/,
    );
    await failsWith(t, convertWeights({ from, to: '/dev/full' }), 'RUN_DISK_FULL', /\/dev\/full/);
  });
});

/** A state dict that fits a network: every value its place in the list. */
function fitting(id: string): TensorEntries {
  const model = native().createModel(id, {}, 0);
  const entries: TensorEntries = new Map();
  for (const [key, tensor] of model.state()) {
    const count = tensor.shape.reduce((product, size) => product * size, 1);
    entries.set(key, tensorEntry('float32', tensor.shape, new Float32Array(count).fill(entries.size / 1000)));
    tensor.dispose();
  }
  model.dispose();
  return entries;
}

test('with a network named, the file becomes a checkpoint of it, in its own order of keys', async (t) => {
  await withFolder(async (folder) => {
    const [from, to] = [join(folder, 'given.safetensors'), join(folder, 'made.safetensors')];
    const entries = fitting('sfformer');
    const wrapped = [...entries].reverse().map(([key, entry]) => [`module.${key}`, entry] as const);
    await writeSafetensors(from, new Map(wrapped), { step: '3' });
    const report = await convertWeights({ from, to, model: 'sfformer' });
    t.equal(report.model?.id, 'sfformer');
    t.equal(report.tensors, entries.size);
    const { tensors, metadata } = await readSafetensors(to);
    t.same([...tensors.keys()], [...entries.keys()]);
    const facts = readCheckpointMetadata(to, metadata);
    t.same([facts.model, facts.paradigm, facts.options.outBands], ['sfformer', 'imported', 31]);
    t.same(
      [facts.wavelengths?.[0], facts.wavelengths?.length, facts.rgb?.response.name],
      [400, 31, 'cie1964'],
    );
    t.match(facts.init ?? '', /^sha256:/);
    await convertWeights({ from, to, model: 'sfformer', rgbKind: 'srgb', range: 'stretched' });
    const stretched = readCheckpointMetadata(to, (await readSafetensors(to)).metadata);
    t.same([stretched.rgb?.kind, stretched.rgb?.range], ['srgb', 'stretched']);
  });
});

test('keys that do not fit the network are named, and nothing is written', async (t) => {
  await withFolder(async (folder) => {
    const [from, to] = [join(folder, 'given.safetensors'), join(folder, 'made.safetensors')];
    await writeFile(to, 'as it was');
    const entries = fitting('sfformer');
    const [first = '', second = ''] = [...entries.keys()].filter((key) => key.endsWith('.weight'));
    const lacking = new Map(entries);
    lacking.delete(first);
    await writeSafetensors(from, lacking);
    const missing = new RegExp(`missing: ${first.replaceAll('.', '\\.')}`);
    await failsWith(t, convertWeights({ from, to, model: 'sfformer' }), 'CHECKPOINT_MISMATCH', missing);
    const other = new Map(entries).set(second, tensorEntry('float32', [1, 2], new Float32Array(2)));
    await writeSafetensors(from, other.set('head.extra', tensorEntry('float32', [1], new Float32Array(1))));
    const misshapen = /unexpected: head\.extra.*of another shape: .* \[1, 2\], expected/;
    await failsWith(t, convertWeights({ from, to, model: 'sfformer' }), 'CHECKPOINT_MISMATCH', misshapen);
    const foreign = convertWeights({ from: fixture('pth', 'zip.pth'), to, model: 'sfformer' });
    await failsWith(t, foreign, 'CHECKPOINT_MISMATCH', /weights of another network/);
    await failsWith(t, convertWeights({ from, to, model: 'sfformr' }), 'MODEL_UNKNOWN', /sfformer/);
    t.equal(await readFile(to, 'utf8'), 'as it was');
  });
});
