import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import test from 'tape';
import {
  type Dataset,
  openDataset,
  splitUnssrCave,
  unssrTestScenes,
  writeCube,
} from '../../../../ts/data/index.js';
import { failsWith } from '../../failure.js';
import { fixture, sharedFolder } from '../../shared-folder.js';
import { withFolder } from '../../temporary-folder.js';

const [height, width] = [6, 5];

async function bandFolder(folder: string, name: string, bands = 31): Promise<string> {
  const data = Uint16Array.from({ length: bands * height * width }, (_, i) => i + name.length);
  const cube = { data, dtype: 'uint16' as const, bands, height, width, wavelengths: null, fullScale: 65535 };
  await writeCube(join(folder, name), { ...cube, name, origin: { file: 'made', format: 'test' } });
  return join(folder, name);
}

async function matCube(folder: string, name: string, variable = 'cube'): Promise<string> {
  const data = Float32Array.from({ length: 7 * height * width }, (_, i) => i / 1000);
  const cube = { data, dtype: 'float32' as const, bands: 7, height, width, wavelengths: null, fullScale: 1 };
  const path = join(folder, `${name}.mat`);
  await writeCube(path, { ...cube, name, origin: { file: 'made', format: 'test' } }, { variable });
  return path;
}

async function picture(folder: string, name: string, wide = width, high = height): Promise<string> {
  const path = join(folder, name);
  const values = new Uint8Array(wide * high * 3).fill(90);
  await writeFile(
    path,
    await sharp(values, { raw: { width: wide, height: high, channels: 3 } })
      .png()
      .toBuffer(),
  );
  return path;
}

const names = ({ scenes }: Dataset) => scenes.map(({ name, kind }) => `${name} ${kind}`);

test('folders of band folders, flat and nested, and one scene alone', async (t) => {
  await withFolder(async (folder) => {
    const flat = await bandFolder(folder, 'beads_ms');
    const nested = await bandFolder(folder, 'cd_ms');
    await rename(nested, join(folder, 'inner'));
    await mkdir(nested);
    await rename(join(folder, 'inner'), join(nested, 'cd_ms'));
    await mkdir(join(folder, 'no scene'));
    await writeFile(join(folder, 'readme.txt'), 'not looked at');
    t.same(names(await openDataset(folder)), ['beads_ms cube', 'cd_ms cube']);
    t.same(names(await openDataset(nested)), ['cd_ms cube']);
    t.same(
      names(await openDataset([nested, flat])),
      ['cd_ms cube', 'beads_ms cube'],
      'in the order of the paths',
    );
    const [scene] = (await openDataset(nested)).scenes;
    t.equal((await scene?.readCube())?.name, 'cd_ms');
    const info = await scene?.info();
    t.same([info?.bands, info?.height, info?.width, info?.dtype], [31, height, width, 'uint16']);
    t.equal((await scene?.files())?.length, 31);
  });
});

test('folders of .mat cubes, of pictures, and single files', async (t) => {
  await withFolder(async (folder) => {
    const [mats, photos] = [join(folder, 'mats'), join(folder, 'photos')];
    const b = await matCube(mats, 'b', 'rad');
    await matCube(mats, 'a');
    await picture(mats, 'unrelated.png');
    t.same(names(await openDataset(mats)), ['a cube', 'b cube'], 'pictures beside cubes are not asked for');
    t.same(names(await openDataset(b)), ['b cube']);
    await mkdir(photos);
    for (const name of ['IMG_1.png', 'IMG_2.png', 'IMG_3.png', 'IMG_4.png', 'IMG_5.png', 'IMG_6.png'])
      await picture(photos, name);
    const set = await openDataset(photos);
    t.equal(set.scenes.length, 6, 'numbered photos in colour are no bands');
    t.equal(set.scenes[0]?.kind, 'rgb');
    t.same(names(await openDataset(join(photos, 'IMG_2.png'))), ['IMG_2 rgb']);
    const info = await set.scenes[0]?.info();
    t.same([info?.bands, info?.height, info?.width], [null, height, width]);
    t.equal((await set.scenes[0]?.readRgb())?.name, 'IMG_1');
    const [photo] = set.scenes;
    if (photo !== undefined) await failsWith(t, photo.readCube(), 'DATA_SCENE_KIND', /'IMG_1' is a picture/);
  });
});

test('cubes and pictures are paired by name, never by order', async (t) => {
  await withFolder(async (folder) => {
    await matCube(folder, 'ARAD_0001');
    await matCube(folder, 'ARAD_0002');
    await picture(folder, 'ARAD_0002_RGB.png');
    await failsWith(
      t,
      openDataset(folder, { rgb: 'files' }),
      'DATA_PAIR_MISSING',
      /'ARAD_0001'.*'arad_0001'/,
    );
    await picture(folder, 'ARAD_0001_clean.png');
    const set = await openDataset(folder, { rgb: 'files' });
    t.same(names(set), ['ARAD_0001 paired', 'ARAD_0002 paired']);
    t.match(set.scenes[1]?.rgbPath ?? '', /ARAD_0002_RGB/);
    t.equal((await set.scenes[1]?.readRgb())?.kind, 'srgb');
    await picture(folder, 'arad_0002.png');
    await failsWith(
      t,
      openDataset(folder, { rgb: 'files' }),
      'DATA_PAIR_AMBIGUOUS',
      /ARAD_0002_RGB\.png, arad_0002\.png/,
    );
    const apart = join(folder, 'apart');
    await mkdir(apart);
    await picture(apart, 'ARAD_0001.png', 9, 9);
    await picture(apart, 'ARAD_0002.png');
    const other = await openDataset(folder, { rgbFolder: apart });
    await (other.scenes[1]?.info() ?? null);
    const [first] = other.scenes;
    if (first !== undefined)
      await failsWith(t, first.info(), 'DATA_SIZE_MISMATCH', /9x9 pixels.*'ARAD_0001' has 6x5/);
    if (first !== undefined) await failsWith(t, first.readRgb(), 'DATA_SIZE_MISMATCH', /ARAD_0001/);
  });
});

test('the picture in a band folder is found beside the bands', async (t) => {
  await withFolder(async (folder) => {
    const scene = await bandFolder(folder, 'beads_ms');
    await failsWith(t, openDataset(folder, { rgb: 'files' }), 'DATA_PAIR_MISSING', /'beads_ms'/);
    await picture(scene, 'beads_RGB.png');
    const set = await openDataset(folder, { rgb: 'files' });
    t.same(names(set), ['beads_ms paired']);
    t.match(set.scenes[0]?.rgbPath ?? '', /beads_RGB\.png$/);
  });
});

test('what is no data set is refused by name', async (t) => {
  await withFolder(async (folder) => {
    await failsWith(t, openDataset(join(folder, 'none')), 'DATA_MISSING', /none: no such file or folder/);
    await failsWith(t, openDataset(folder), 'DATA_FORMAT', /no scenes in it/);
    await failsWith(t, openDataset([]), 'DATA_MISSING', /no data was named/);
    const path = await matCube(folder, 'a');
    await failsWith(t, openDataset([path, folder]), 'DATA_SCENE_DUPLICATE', /two scenes are named 'a'/);
    const set = await openDataset(folder);
    t.throws(() => set.select(['b']), /there is no scene 'b'; there are: a/);
    t.same(names(set.select(['a'])), ['a cube']);
    t.same(names(set.filter(({ name }) => name !== 'a')), []);
    await copyFile(fixture('mat', 'not-finite.mat'), join(folder, 'a.mat'));
    const [scene] = (await openDataset(folder)).scenes;
    if (scene !== undefined) await failsWith(t, scene.readCube(), 'DATA_NOT_FINITE', /^a: NaN at band 4/);
    if (scene !== undefined) await failsWith(t, scene.readRgb(), 'DATA_SCENE_KIND', /'a' has no picture/);
  });
});

test('a fingerprint follows names and contents, not places and order', async (t) => {
  await withFolder(async (folder) => {
    const [here, there] = [join(folder, 'here'), join(folder, 'there')];
    for (const place of [here, there]) for (const name of ['a', 'b']) await matCube(place, name);
    const print = async (paths: string | string[]) => (await openDataset(paths)).fingerprint();
    const first = await print(here);
    t.match(first, /^sha256-sampled:[0-9a-f]{64}$/);
    t.equal(await print(there), first);
    t.equal(await print([join(here, 'b.mat'), join(here, 'a.mat')]), first);
    t.notEqual(await print(join(here, 'a.mat')), first);
    t.notEqual(await (await openDataset(here)).fingerprint('full'), first);
    await writeFile(join(there, 'a.mat'), 'changed');
    t.notEqual(await print(there), first);
    await matCube(there, 'a');
    await rename(join(there, 'a.mat'), join(there, 'c.mat'));
    t.notEqual(await print(there), first, 'a renamed scene');
    const big = Buffer.alloc(3 << 20, 1);
    await writeFile(join(there, 'big.mat'), big);
    const before = await print(there);
    big[big.length - 1] = 2;
    await writeFile(join(there, 'big.mat'), big);
    t.notEqual(await print(there), before, 'the last byte of a large file counts');
  });
});

test("UnSSR's test scenes of the CAVE database are told by name", async (t) => {
  t.equal(unssrTestScenes.length, 12);
  const scenes = ['hairs_ms', 'beads_ms', 'clay', 'balloons_ms'].map((name) => ({ name }));
  const { train, test: held } = splitUnssrCave(scenes);
  t.same(train, [{ name: 'beads_ms' }]);
  t.same(
    held.map(({ name }) => name),
    ['balloons_ms', 'clay', 'hairs_ms'],
    'in the order of the results',
  );
  t.throws(() => splitUnssrCave(scenes, { requireAll: true }), /egyptian_statue/);
});

test('the real training scenes are all found, and none of them is a test scene', async (t) => {
  const folder = sharedFolder('data', 'train');
  if (folder === null) return t.skip('the folder ../shared/data/train is not there');
  const set = await openDataset(folder);
  t.equal(set.scenes.length, 19);
  t.equal(splitUnssrCave(set.scenes).test.length, 0);
  for (const scene of set.scenes) {
    const { bands, height: high, width: wide } = await scene.info();
    if (bands !== 31 || high !== 256 || wide !== 256) t.fail(`${scene.name}: ${bands}x${high}x${wide}`);
  }
  const pack = sharedFolder('data', 'pack', 'cave_png') ?? '';
  const paired = await openDataset(pack, { rgb: 'files' });
  t.same(names(paired), ['balloons_ms paired', 'watercolors_ms paired']);
  t.equal((await paired.scenes[0]?.readRgb())?.height, 512);
});
