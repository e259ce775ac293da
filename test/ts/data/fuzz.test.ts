import test from 'tape';
import { fuzz } from '../../fuzz/fuzz.js';
import { withFolder } from '../temporary-folder.js';

test('damaged files of every kind are read or refused by name, in bounded time and memory', async (t) => {
  await withFolder(async (folder) => {
    const result = await fuzz({ seed: 7, first: 0, inputs: 500, processes: 1, real: false, folder });
    const { tried, read, refused, failures, memory } = result;
    t.same(failures, [], 'every input ends with a cube or an error of ours');
    t.equal(tried, 500);
    t.ok(read > 20 && refused > 200, `${read} read, ${refused} refused: neither always nor never`);
    t.ok(memory < 1024, `memory grew by ${Math.round(memory)} MiB`);
  });
});
