import test from 'tape';
import { tidy } from '../../../ts/tensor/index.js';
import { difference, filledModel, image, inferred } from './probes.js';

test('hrnet: its squeeze and excitation changes the result and is trained when asked for', async (t) => {
  await tidy(async () => {
    const x = image([1, 3, 16, 16]);
    const published = await inferred(await filledModel('hrnet', { width: 8 }), x);
    const model = await filledModel('hrnet', { width: 8, gated: true });
    t.ok(difference(await inferred(model, x), published) > 1e-4, 'another result');
    await (await (await model.forward(x)).square()).mean().then((loss) => loss.backward());
    const unused: string[] = [];
    for (const [key, parameter] of model.parameters()) if (parameter.grad === null) unused.push(key);
    t.deepEqual(unused, [], 'every parameter gets a gradient');
  });
});
