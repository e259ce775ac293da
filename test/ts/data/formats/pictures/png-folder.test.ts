import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import test from 'tape';
import type { CubeData, CubeValues } from '../../../../../ts/data/cube.js';
import { readCube, writeCube } from '../../../../../ts/data/formats/index.js';
import { DataError } from '../../../../../ts/errors.js';
import { failsWith } from '../../../failure.js';
import { withFolder } from '../../../temporary-folder.js';

const [bands, height, width] = [31, 4, 5];
const plane = height * width;

function made(data: CubeValues, dtype: CubeData['dtype'], count = bands, fullScale = 65535): CubeData {
  const origin = { file: 'made', format: 'test' };
  return { data, dtype, bands: count, height, width, wavelengths: null, fullScale, name: 'made', origin };
}

const ramp16 = Uint16Array.from({ length: bands * plane }, (_, i) => i * 100);

async function scene(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  await writeCube(path, made(ramp16, 'uint16'));
  return path;
}

test('a cube written as a folder of PNGs comes back equal, with the wavelengths of 31 bands', async (t) => {
  await withFolder(async (folder) => {
    const path = await scene(folder, 'tiny_ms');
    t.same((await readdir(path)).slice(0, 2), ['tiny_ms_01.png', 'tiny_ms_02.png']);
    const back = await readCube(path);
    t.same(back.data, ramp16);
    t.equal(back.dtype, 'uint16');
    t.equal(back.name, 'tiny_ms');
    t.same(back.wavelengths?.slice(0, 3), [400, 410, 420]);
    const bytes = Uint8Array.from({ length: 6 * plane }, (_, i) => i);
    await writeCube(join(folder, 'eight'), made(bytes, 'uint8', 6));
    const eight = await readCube(join(folder, 'eight'));
    t.same(eight.data, bytes, '8 bits stay 8 bits');
    t.equal(eight.wavelengths, null, '6 bands have no usual wavelengths');
    const floats = Float32Array.from({ length: 6 * plane }, (_, i) => i / 100 - 0.1);
    await writeCube(join(folder, 'floats'), made(floats, 'float32', 6, 1));
    const rounded = await readCube(join(folder, 'floats'));
    t.equal(rounded.data[0], 0, 'below 0 is clipped');
    t.equal(rounded.data[20], Math.round((floats[20] ?? 0) * 65535));
    t.equal(rounded.data[119], 65535, 'above 1 is clipped');
  });
});

test('the layout of the CAVE download, a folder in a folder of its name, is found; other files are ignored', async (t) => {
  await withFolder(async (folder) => {
    const path = await scene(folder, 'balloons_ms');
    await writeFile(join(path, 'balloons_RGB.bmp'), 'BM, not looked at');
    await writeFile(join(path, 'Thumbs.db'), 'nor this');
    await rename(path, join(folder, 'inner'));
    await mkdir(path);
    await rename(join(folder, 'inner'), join(path, 'balloons_ms'));
    const cube = await readCube(path);
    t.same(cube.data, ramp16);
    t.equal(cube.name, 'balloons_ms');
    t.same((await readCube(`${path}/`)).data, ramp16, 'a slash at the end changes nothing');
  });
});

async function writeGrey(
  path: string,
  values: Uint8Array,
  channels: 1 | 3 | 4,
  wide = width,
  high = height,
): Promise<void> {
  await writeFile(
    path,
    await sharp(values, { raw: { width: wide, height: high, channels } })
      .png()
      .toBuffer(),
  );
}

test('bands stored as 8-bit RGBA with equal channels (watercolors) are read; colour is refused', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'watercolors_ms');
    await mkdir(path);
    for (let band = 1; band <= bands; band++) {
      const values = Uint8Array.from({ length: plane * 4 }, (_, i) => (i % 4 === 3 ? 255 : band + (i >> 2)));
      await writeGrey(join(path, `watercolors_ms_${String(band).padStart(2, '0')}.png`), values, 4);
    }
    const cube = await readCube(path);
    t.equal(cube.dtype, 'uint8');
    t.equal(cube.fullScale, 255);
    t.same([...cube.data.slice(plane, plane + 3)], [2, 3, 4]);
    const colour = Uint8Array.from({ length: plane * 3 }, (_, i) => i);
    await writeGrey(join(path, 'watercolors_ms_07.png'), colour, 3);
    await failsWith(t, readCube(path), 'DATA_TYPE', /watercolors_ms_07\.png: a colour picture/);
  });
});

test('missing, twofold, odd-sized and odd-typed bands are named', async (t) => {
  await withFolder(async (folder) => {
    const path = await scene(folder, 'tiny_ms');
    await rm(join(path, 'tiny_ms_17.png'));
    await failsWith(t, readCube(path), 'DATA_BAND_MISSING', /30 of 31 bands of 'tiny_ms'.*missing: 17/);
    await writeGrey(join(path, 'tiny_ms_17.png'), new Uint8Array(12), 1, 4, 3);
    await failsWith(t, readCube(path), 'DATA_SIZE_MISMATCH', /tiny_ms_17\.png: 4x3 pixels.*5x4/);
    await writeGrey(join(path, 'tiny_ms_17.png'), new Uint8Array(plane), 1);
    await failsWith(t, readCube(path), 'DATA_TYPE', /tiny_ms_17\.png: uint8.*uint16/);
    await writeFile(join(path, 'tiny_ms_17.png'), await readFile(join(path, 'tiny_ms_16.png')));
    await readCube(path);
    await writeFile(join(path, 'tiny_ms_5.png'), await readFile(join(path, 'tiny_ms_05.png')));
    await failsWith(t, readCube(path), 'DATA_BAND_DUPLICATE', /two files for band 5/);
    await rm(join(path, 'tiny_ms_5.png'));
    await rm(join(path, 'tiny_ms_31.png'));
    await failsWith(t, readCube(path), 'DATA_BAND_MISSING', /missing: 31/);
  });
});

test('folders that hold no cube, or several, are refused', async (t) => {
  await withFolder(async (folder) => {
    await failsWith(t, readCube(folder), 'DATA_FORMAT', /numbered band pictures/);
    await failsWith(t, readCube(join(folder, 'nowhere')), 'DATA_MISSING', /nowhere/);
    for (const name of ['a', 'b']) {
      for (let band = 1; band <= 5; band++)
        await writeGrey(join(folder, `${name}_${band}.png`), new Uint8Array(plane), 1);
    }
    await failsWith(t, readCube(folder), 'DATA_VARIABLE_AMBIGUOUS', /'a', 'b'/);
  });
});

test('a band cut off anywhere, or empty, is named', async (t) => {
  await withFolder(async (folder) => {
    const path = await scene(folder, 'tiny_ms');
    const band = join(path, 'tiny_ms_03.png');
    const whole = await readFile(band);
    let wrong = '';
    for (let length = 0; length < whole.length - 12 && wrong === ''; length += 7) {
      await writeFile(band, whole.subarray(0, length));
      const error = await readCube(path).then(
        () => null,
        (cause: unknown) => cause,
      );
      if (!(error instanceof DataError) || !error.message.includes('tiny_ms_03.png'))
        wrong = `${length}: ${String(error)}`;
    }
    t.equal(wrong, '');
  });
});

test('a folder that holds files is not overwritten unasked, and a place that cannot be written is named', async (t) => {
  await withFolder(async (folder) => {
    const path = await scene(folder, 'tiny');
    await failsWith(
      t,
      writeCube(path, made(ramp16, 'uint16')),
      'DATA_EXISTS',
      /tiny: the folder is not empty/,
    );
    const other = ramp16.map((value) => value + 1);
    await writeCube(path, made(other, 'uint16'), { overwrite: true });
    t.same((await readCube(path)).data, other);
    t.same(await readdir(folder), ['tiny'], 'no temporary is left');
    await failsWith(
      t,
      writeCube('/proc/nowhere/cube', made(ramp16, 'uint16')),
      'DATA_WRITE',
      /\/proc\/nowhere\/cube/,
    );
  });
});
