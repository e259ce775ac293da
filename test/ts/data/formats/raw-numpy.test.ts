import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'tape';
import { readCube, writeCube } from '../../../../ts/data/formats/index.js';
import { withFolder } from '../../temporary-folder.js';
import { dtypes, madeCube, sizes } from './stored-bytes.js';

const run = promisify(execFile);
const { bands, height, width } = sizes;

/** Whether python3 is there and has these modules. */
async function python(...modules: string[]): Promise<boolean> {
  return run('python3', ['-c', `import ${modules.join(', ')}`]).then(
    () => true,
    () => false,
  );
}

const write = `
import numpy, sys
folder, (b, h, w) = sys.argv[1], map(int, sys.argv[2:5])
ramp = (numpy.arange(b * h * w) * 37 % 128).reshape(b, h, w)
for t in ('i1', 'u1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8', 'f2', 'f4', 'f8'):
    for o in '<>':
        a = ramp.transpose(1, 2, 0).astype(o + t)
        numpy.save(f'{folder}/c{ord(o)}{t}.npy', numpy.ascontiguousarray(a))
        numpy.save(f'{folder}/f{ord(o)}{t}.npy', numpy.asfortranarray(a))
waves = numpy.linspace(400, 700, b)
numpy.savez(f'{folder}/plain.npz', cube=ramp.astype('u2'), wavelengths=waves, mask=ramp > 3)
numpy.savez_compressed(f'{folder}/packed.npz', cube=ramp.astype('u2'), wavelengths=waves, mask=ramp > 3)
`;

test('what NumPy writes is read, of every type, order and byte order', async (t) => {
  if (!(await python('numpy'))) return t.skip('python3 with numpy is not there');
  await withFolder(async (folder) => {
    await run('python3', ['-c', write, folder, ...[bands, height, width].map(String)]);
    const expected = Array.from({ length: bands * height * width }, (_, i) => (i * 37) % 128);
    for (const type of ['i1', 'u1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8', 'f2', 'f4', 'f8']) {
      for (const name of [`c60${type}`, `c62${type}`, `f60${type}`, `f62${type}`]) {
        const cube = await readCube(join(folder, `${name}.npy`), { axes: 'hwb' });
        t.same(Array.from(cube.data), expected, name);
      }
    }
    for (const name of ['plain', 'packed']) {
      const cube = await readCube(join(folder, `${name}.npz`));
      t.same([Array.from(cube.data), cube.wavelengths?.at(-1)], [expected, 700], name);
    }
  });
});

const read = `
import numpy, sys
folder, (b, h, w) = sys.argv[1], map(int, sys.argv[2:5])
for t, c in (('uint8', 1), ('uint16', 12), ('int16', 2), ('int32', 3), ('float32', 4), ('float64', 5)):
    true = numpy.fromfile(f'{folder}/{t}.true', t).reshape(b, h, w)
    found = numpy.load(f'{folder}/{t}.npy')
    assert found.dtype == t and found.flags.c_contiguous, (found.dtype, t)
    numpy.testing.assert_array_equal(found.transpose(2, 0, 1), true)
    archive = numpy.load(f'{folder}/{t}.npz')
    numpy.testing.assert_array_equal(archive['cube'].transpose(2, 0, 1), true)
    assert list(archive['wavelengths'][:2]) == [400, 412.5]
    for o, shape, back in (('bsq', (b, h, w), (0, 1, 2)), ('bil', (h, b, w), (1, 0, 2)), ('bip', (h, w, b), (2, 0, 1))):
        values = numpy.fromfile(f'{folder}/{t}_{o}.img', t).reshape(shape).transpose(back)
        numpy.testing.assert_array_equal(values, true)
        assert f'data type = {c}\\n' in open(f'{folder}/{t}_{o}.hdr').read()
`;

const spectral = `
import numpy, spectral, sys
folder, (b, h, w) = sys.argv[1], map(int, sys.argv[2:5])
for o in ('bsq', 'bil', 'bip'):
    true = numpy.fromfile(f'{folder}/float64.true', 'float64').reshape(b, h, w)
    image = spectral.envi.open(f'{folder}/float64_{o}.hdr')
    numpy.testing.assert_array_equal(numpy.asarray(image.open_memmap()).transpose(2, 0, 1), true)
    assert image.bands.centers[:2] == [400, 412.5], image.bands.centers
`;

test('NumPy and spectral read what we write', async (t) => {
  if (!(await python('numpy'))) return t.skip('python3 with numpy is not there');
  await withFolder(async (folder) => {
    for (const dtype of dtypes) {
      const cube = madeCube(dtype);
      const { buffer, byteOffset, byteLength } = cube.data;
      await writeFile(join(folder, `${dtype}.true`), new Uint8Array(buffer, byteOffset, byteLength));
      await writeCube(join(folder, `${dtype}.npy`), cube);
      await writeCube(join(folder, `${dtype}.npz`), cube);
      for (const interleave of ['bsq', 'bil', 'bip'] as const)
        await writeCube(join(folder, `${dtype}_${interleave}.hdr`), cube, { interleave });
    }
    const check = (script: string) =>
      run('python3', ['-c', script, folder, ...[bands, height, width].map(String)]);
    await check(read);
    t.pass('numpy finds every value, type and order');
    if (await python('spectral')) {
      await check(spectral);
      t.pass('spectral finds values and wavelengths');
    } else t.comment('python3 has no module spectral: not asked');
  });
});
