import test from 'tape';
import { devices, rand, randn, zeros } from '../../../ts/tensor/index.js';
import { near, rejects } from './rejects.js';

const cuda = devices().find((name) => name.startsWith('cuda'));
const skip = cuda === undefined ? { skip: 'this machine has no CUDA device' } : {};

test('CUDA gives what the CPU gives', skip, async (t) => {
  const device = cuda ?? 'cuda:0';
  const x = rand([1, 3, 16, 16], { seed: 1 });
  const there = rand([1, 3, 16, 16], { seed: 1, device });
  t.equal(there.device, device);
  near(t, await there.toTypedArray(), [...(await x.toTypedArray())], 'a seed gives the same values');
  const weight = randn([4, 3, 3, 3], { seed: 2, requiresGrad: true });
  const weightThere = randn([4, 3, 3, 3], { seed: 2, requiresGrad: true, device });
  for (const [image, kernel] of [
    [x, weight],
    [there, weightThere],
  ] as const) {
    await (await (await image.conv2d(kernel)).square()).mean().then((loss) => loss.backward());
  }
  const expected = (await weight.grad?.toTypedArray()) ?? [];
  near(t, (await weightThere.grad?.toTypedArray()) ?? [], [...expected], 'gradients', 1e-3);
  await rejects(t, () => x.add(there), 'TENSOR_DEVICE', ['add', device, 'to()'], 'two devices');
  t.equal((await zeros([1], { device }).to({ device: 'cpu' })).device, 'cpu', 'and back');
});
