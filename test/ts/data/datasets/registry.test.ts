import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import {
  openDataset,
  publishedSet,
  publishedSets,
  recogniseDataset,
  recognisedWords,
} from '../../../../ts/data/index.js';
import { namedSplit } from '../../../../ts/data/named-splits.js';
import { failsWith } from '../../failure.js';
import { sharedFolder } from '../../shared-folder.js';
import { withFolder } from '../../temporary-folder.js';
import { ramp, writePicture, writeTiny } from './tiny-cubes.js';

const size = { height: 6, width: 5 };

async function idOf(path: string): Promise<string | null> {
  return (await recogniseDataset(path))?.set.id ?? null;
}

test('each published data set says what a user must know, and its splits exist', (t) => {
  const ids = publishedSets.map(({ id }) => id);
  t.equal(new Set(ids).size, ids.length);
  for (const set of publishedSets) {
    const { id, title, citation, licence, range, layout, address, bands, wavelengths, span, splits } = set;
    t.ok(
      [title, citation, licence, range, ...layout].every((text) => text.length > 3) && layout.length > 0,
      id,
    );
    t.ok(/^https?:/.test(address), address);
    t.ok(span[0] < span[1] && bands.every((count) => count > 3), `${id}: ${bands}`);
    if (wavelengths !== null) t.same([wavelengths[0], wavelengths.at(-1)], span, `${id}: bands span ${span}`);
    if (wavelengths !== null) t.ok(bands.includes(wavelengths.length), `${id}: as many wavelengths as bands`);
    t.ok(
      splits.every((name) => namedSplit(name)?.sets.includes(id)),
      `${id}: ${splits}`,
    );
  }
  t.throws(() => publishedSet('cav'), /'cav' is no published data set.*cave, arad1k/);
  t.end();
});

test('CAVE is recognised: nested, flat, from the folder above, one scene, and as .mat files', async (t) => {
  await withFolder(async (folder) => {
    const root = join(folder, 'complete_ms_data');
    const cube = { ...ramp(), data: Uint16Array.from({ length: 31 * 30 }, (_, i) => i) };
    await writeTiny(join(root, 'beads_ms'), cube);
    await writeTiny(join(folder, 'cd_ms'), cube);
    await mkdir(join(root, 'cd_ms'));
    await rename(join(folder, 'cd_ms'), join(root, 'cd_ms', 'cd_ms'));
    for (const path of [root, folder, join(root, 'beads_ms'), join(root, 'cd_ms')])
      t.equal(await idOf(path), 'cave', path);
    const set = await openDataset(folder);
    t.same(
      set.scenes.map(({ name }) => name),
      ['beads_ms', 'cd_ms'],
    );
    t.match(set.notices[0] ?? '', /recognised as CAVE.*: 2 of its 32 scenes/);
    await writeTiny(join(folder, 'mats', 'balloons.mat'), ramp());
    await writeTiny(join(folder, 'mats', 'hairs_ms.mat'), ramp());
    t.equal(await idOf(join(folder, 'mats')), 'cave');
    const parts = join(folder, 'parts');
    await writeTiny(join(parts, 'Train_mat', 'beads_ms.mat'), ramp());
    await writePicture(join(parts, 'Train_rgb', 'beads_ms.png'), size);
    await writeTiny(join(parts, 'Valid_mat', 'hairs_ms.mat'), ramp());
    await writePicture(join(parts, 'Valid_rgb', 'hairs_ms.png'), size);
    const both = await openDataset(parts, { rgb: 'files' });
    t.same(
      both.scenes.map(({ name, kind }) => `${name} ${kind}`),
      ['beads_ms paired', 'hairs_ms paired'],
      "UnSSR's folders",
    );
    t.match(both.notices[0] ?? '', /training, validation/);
    const apart = join(folder, 'apart');
    await writeTiny(join(apart, 'train', 'beads_ms'), cube);
    await writeTiny(join(apart, 'test', 'hairs_ms'), cube);
    t.equal((await openDataset(apart)).scenes.length, 2, 'all folders with scenes, none in silence left out');
  });
});

test('NTIRE 2022: cubes and pictures in sibling folders, from the root or from the cubes alone', async (t) => {
  await withFolder(async (folder) => {
    for (const [part, number] of [
      ['Train', '0001'],
      ['Train', '0002'],
      ['Valid', '0901'],
    ]) {
      await writeTiny(join(folder, `${part}_spectral`, `ARAD_1K_${number}.mat`), ramp());
      await writePicture(join(folder, `${part}_RGB`, `ARAD_1K_${number}.jpg`), size);
    }
    await mkdir(join(folder, 'split_txt'));
    await writeFile(join(folder, 'split_txt', 'train_list.txt'), 'ARAD_1K_0001\n');
    const set = await openDataset(folder, { rgb: 'files' });
    t.same(
      set.scenes.map(({ name, kind }) => `${name} ${kind}`),
      ['ARAD_1K_0001 paired', 'ARAD_1K_0002 paired', 'ARAD_1K_0901 paired'],
    );
    t.match(set.scenes[2]?.rgbPath ?? '', /Valid_RGB/);
    t.match(
      set.notices[0] ?? '',
      /ARAD_1K.*3 of its 1000 scenes \(training, validation\); pictures in Train_RGB, Valid_RGB/,
    );
    const info = await set.scenes[0]?.info();
    t.same([info?.wavelengths?.[0], info?.wavelengths?.[30]], [400, 700], 'wavelengths that the file lacks');
    const alone = await openDataset(join(folder, 'Train_spectral'), { rgb: 'files' });
    t.equal(alone.scenes.length, 2);
    t.match(alone.scenes[0]?.rgbPath ?? '', /Train_RGB/);
    const one = await openDataset(join(folder, 'Train_spectral', 'ARAD_1K_0002.mat'), { rgb: 'files' });
    t.same(
      one.scenes.map(({ name, kind }) => `${name} ${kind}`),
      ['ARAD_1K_0002 paired'],
      'a file alone is that scene alone',
    );
    const without = await openDataset(folder, { dataset: 'none' }).catch((error) => error);
    t.equal(without.code, 'DATA_FORMAT', 'without its layout the root holds no scenes');
  });
});

test('NTIRE 2020: the clean pictures are taken where both kinds are there, and the notice says so', async (t) => {
  await withFolder(async (folder) => {
    await writeTiny(join(folder, 'NTIRE2020_Train_Spectral', 'ARAD_HS_0001.mat'), ramp());
    await writePicture(join(folder, 'NTIRE2020_Train_RealWorld', 'ARAD_HS_0001_RealWorld.jpg'), size);
    const real = await openDataset(folder, { rgb: 'files' });
    t.match(real.scenes[0]?.rgbPath ?? '', /RealWorld/);
    await writePicture(join(folder, 'NTIRE2020_Train_Clean', 'ARAD_HS_0001_clean.png'), size);
    const set = await openDataset(folder, { rgb: 'files' });
    t.match(set.scenes[0]?.rgbPath ?? '', /Clean/);
    t.match(set.notices[0] ?? '', /pictures in NTIRE2020_Train_Clean/);
    const rgbFolder = [join(folder, 'NTIRE2020_Train_RealWorld')];
    const chosen = await openDataset(folder, { rgb: 'files', rgbFolder });
    t.match(chosen.scenes[0]?.rgbPath ?? '', /RealWorld/, 'unless the folder is named');
  });
});

test('Harvard and KAUST have their own wavelengths; common names elsewhere are none of theirs', async (t) => {
  await withFolder(async (folder) => {
    await writeTiny(join(folder, 'Harvard', 'CZ_hsdb', 'imga1.mat'), { ...ramp(), variable: 'ref' });
    await writeTiny(join(folder, 'Harvard', 'CZ_hsdbi', 'imgx9.mat'), { ...ramp(), variable: 'ref' });
    const set = await openDataset(join(folder, 'Harvard'));
    t.same(
      set.scenes.map(({ name }) => name),
      ['imga1', 'imgx9'],
    );
    const cube = await set.scenes[0]?.readCube();
    t.same([cube?.wavelengths?.[0], cube?.wavelengths?.at(-1), cube?.fullScale], [420, 720, 1]);
    await writeTiny(join(folder, 'own', 'img3.mat'), ramp());
    await writeTiny(join(folder, 'own', 'img4.mat'), ramp());
    await writeTiny(join(folder, 'own', 'img5.mat'), ramp());
    t.equal(await idOf(join(folder, 'own')), null);
    await writeTiny(join(folder, 'KAUST', 'scene.mat'), ramp(1, 34));
    const info = await (await openDataset(join(folder, 'KAUST'))).scenes[0]?.info();
    t.equal(info?.wavelengths?.at(-1), 730);
  });
});

test("ICVL's full scale is 4095; what the values or the user say comes first, a contradiction is an error", async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'BGU_0403-1419-1.mat');
    const scaleOf = async (options = {}): Promise<number | undefined> =>
      (await (await openDataset(folder, options)).scenes[0]?.readCube())?.fullScale;
    await writeTiny(path, { ...ramp(4000), variable: 'rad' });
    t.equal(await idOf(folder), 'icvl');
    t.equal(await scaleOf(), 4095);
    t.equal(await scaleOf({ fullScale: 5000 }), 5000);
    t.equal(await scaleOf({ dataset: 'none' }), 1);
    await writeTiny(path, { ...ramp(0.9), variable: 'rad' });
    t.equal(await scaleOf(), 1, 'divided already');
    await writeTiny(path, { ...ramp(60000), variable: 'rad' });
    await failsWith(
      t,
      scaleOf(),
      'DATA_CONFLICT',
      /values go up to 60000, but BGU ICVL.* 4095.*--full-scale/,
    );
    const wavelengths = Array.from({ length: 31 }, (_, band) => 450 + 10 * band);
    await writeTiny(path, { ...ramp(4000), variable: 'rad', wavelengths });
    await failsWith(t, scaleOf(), 'DATA_CONFLICT', /0403.*band 1 is at 450 nm, but BGU ICVL.*it at 400 nm/);
    t.equal(await scaleOf({ dataset: 'none' }), 1);
    await failsWith(t, openDataset(folder, { dataset: 'cav' }), 'CONFIG_VALUE', /'cav'/);
  });
});

test('scenes of remote sensing are told by their file, and maps of classes are no scenes', async (t) => {
  await withFolder(async (folder) => {
    const files: [file: string, id: string][] = [
      ['Pavia.mat', 'pavia-centre'],
      ['PaviaU.mat', 'pavia-university'],
      ['HyperspecVNIR_Chikusei_20140729.mat', 'chikusei'],
      ['2013_IEEE_GRSS_DF_Contest_CASI.mat', 'houston2013'],
      ['20170218_UH_CASI_S4_NAD83.mat', 'houston2018'],
      ['dc.mat', 'washington-dc'],
      ['Salinas_corrected.mat', 'salinas'],
      ['Indian_pines.mat', 'indian-pines'],
    ];
    for (const [file, id] of files) {
      const path = await writeTiny(join(folder, id, file), ramp(1, 40));
      await writeTiny(path.replace('.mat', '_gt.mat'), ramp(1, 5));
      t.equal(await idOf(path), id, file);
      t.equal(await idOf(join(folder, id)), id, `the folder of ${file}`);
      const set = await openDataset(join(folder, id));
      t.equal(set.scenes.length, 1, 'one scene');
      t.equal((await set.scenes[0]?.info())?.bands, 40);
    }
    await writeTiny(join(folder, 'salinas', 'mine.mat'), ramp());
    t.equal(await idOf(join(folder, 'salinas')), null, 'a folder with other cubes is a folder of cubes');
    t.same(
      (await openDataset(join(folder, 'salinas'))).scenes.map(({ name }) => name),
      ['Salinas_corrected', 'mine'],
    );
  });
});

/** A TIFF of 6 x 5 pixels of seven 8-bit samples, bare. */
function sevenBandTiff(): Buffer {
  const entries = [
    [256, 3, 5],
    [257, 3, 6],
    [258, 3, 8],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 134],
    [277, 3, 7],
    [278, 3, 6],
    [279, 4, 210],
    [284, 3, 1],
  ] as const;
  const file = Buffer.alloc(134 + 210, 100);
  file.write('II*\0', 0, 'latin1');
  file.writeUInt32LE(8, 4);
  file.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, type, value], i) => {
    const at = 10 + 12 * i;
    file.writeUInt16LE(tag, at);
    file.writeUInt16LE(type, at + 2);
    file.writeUInt32LE(1, at + 4);
    file.writeUInt32LE(value, at + 8);
  });
  file.writeUInt32LE(0, 130);
  return file;
}

test('a TIFF is a cube or a picture by what is in it, and no cube is its own picture', async (t) => {
  await withFolder(async (folder) => {
    await writeFile(join(folder, 'a.tif'), sevenBandTiff());
    await writeFile(join(folder, 'notes.dat'), 'no cube');
    await writePicture(join(folder, 'photo.tiff'), size);
    const set = await openDataset(folder, { rgb: 'present' });
    t.same(
      set.scenes.map(({ name, kind }) => `${name} ${kind}`),
      ['a cube'],
    );
    await writePicture(join(folder, 'a_rgb.tif'), size);
    const paired = await openDataset(folder, { rgb: 'files' });
    t.same(
      paired.scenes.map(({ name, kind }) => `${name} ${kind}`),
      ['a paired'],
    );
    t.match(paired.scenes[0]?.rgbPath ?? '', /a_rgb\.tif$/);
  });
});

test('the data file beside a header is no second scene, and counts among its files', async (t) => {
  await withFolder(async (folder) => {
    const header = `ENVI\nsamples = 5\nlines = 6\nbands = 7\nheader offset = 0\ndata type = 4\ninterleave = bsq\nbyte order = 0\n`;
    for (const data of ['a.img', 'b', 'c.dat']) {
      await writeFile(join(folder, `${data.split('.')[0]}.hdr`), header);
      await writeFile(join(folder, data), new Uint8Array(new Float32Array(7 * 30).fill(0.5).buffer));
    }
    const set = await openDataset(folder);
    t.same(
      set.scenes.map(({ name }) => name),
      ['a', 'b', 'c'],
    );
    t.same(await set.scenes[1]?.files(), [join(folder, 'b.hdr'), join(folder, 'b')]);
    t.equal((await set.scenes[0]?.info())?.bands, 7);
  });
});

test('the real folders are recognised, and what is none of a set is not', async (t) => {
  const [train, pack] = [sharedFolder('data', 'train'), sharedFolder('data', 'pack')];
  if (train === null || pack === null) return t.skip('the folder ../shared/data is not there');
  const found = await recogniseDataset(train);
  t.match(found === null ? '' : recognisedWords(found), /CAVE.*: 19 of its 32 scenes$/);
  t.equal(await idOf(join(pack, 'cave_png')), 'cave');
  t.equal((await openDataset(join(pack, 'envi'))).scenes.length, 3, 'headers and data files');
  for (const name of ['remote', 'mat5', 'mat73_ntire', 'envi'])
    t.equal(await idOf(join(pack, name)), null, name);
});
