import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import test from 'tape';
import type { CubeData } from '../../../../../ts/data/cube.js';
import { formatOf, openCube, readCube } from '../../../../../ts/data/formats/index.js';
import { pictureFacts, readRgb, rgbSize } from '../../../../../ts/data/formats/pictures/rgb-image.js';
import {
  type TiffTag,
  tiffDirectory,
  tiffHeader,
} from '../../../../../ts/data/formats/tiff/tiff-directory-writer.js';
import { failsWith } from '../../../failure.js';
import { fixture } from '../../../shared-folder.js';
import { withFolder } from '../../../temporary-folder.js';

const file = (name: string) => fixture('tiff', `${name}.tif`);
const [bands, height, width] = [6, 20, 24];

function ruled(band: number, row: number, column: number, divided: number): number {
  return Math.floor((300 * band + 10 * row + column) / divided);
}

/** The fixtures' rule: 300 a band, 10 a row, 1 a column; a tenth of it where values are of 8 bits. */
function follows({ data }: CubeData, divided = 1): boolean {
  return data.every((value, i) => {
    const [band, row] = [Math.floor(i / height / width), Math.floor(i / width) % height];
    return value === ruled(band, row, i % width, divided);
  });
}

const types: [name: string, dtype: string, divided: number][] = [
  ['u1', 'uint8', 10],
  ['i1', 'int16', 20],
  ['u2', 'uint16', 1],
  ['i2', 'int16', 1],
  ['u4', 'float64', 1],
  ['i4', 'int32', 1],
  ['f2', 'float32', 1],
  ['f4', 'float32', 1],
  ['f8', 'float64', 1],
];

test('every numeric type of a TIFF is read exactly, in big-endian strips of planes', async (t) => {
  for (const [name, dtype, divided] of types) {
    const cube = await readCube(file(`planar-big-${name}`));
    t.same([cube.bands, cube.height, cube.width, cube.dtype], [bands, height, width, dtype], name);
    // Half floats have eleven bits.
    const rounded = name === 'f2' ? cube.data.slice(0, height * width) : cube.data;
    t.ok(follows({ ...cube, data: rounded }, divided), `${name}: values`);
  }
});

test('tiles, predictors, pages and BigTIFF are read exactly', async (t) => {
  const names: [name: string, axes: RegExp][] = [
    ['tiled-f8', /samples a pixel/],
    ['tiled-planar-u2', /planes/],
    ['contig-predictor-u2', /samples a pixel/],
    ['big-contig-predictor-u4', /samples a pixel/],
    ['bigtiff-pages', /6 pages/],
    ['overviews', /6 pages/],
    ['lzw-u2', /6 pages/],
  ];
  for (const [name, axes] of names) {
    const cube = await readCube(file(name));
    t.ok(follows(cube), `${name}: values`);
    t.ok(axes.test(cube.origin.axes ?? ''), cube.origin.axes);
  }
  for (const name of ['lzw-u1', 'packbits-u1']) t.ok(follows(await readCube(file(name)), 10), name);
});

test('LZW is unpacked beyond a full table', async (t) => {
  const { data } = await readCube(file('lzw-noise'));
  t.equal(data.length, 5 * 60 * 50);
  t.ok(data.every((value, i) => value === (((i * 40503) ^ ((i >> 5) * 2654)) & 0xffff)));
});

test('JPEG bands are read nearly', async (t) => {
  const { data, dtype } = await readCube(file('jpeg-u1'));
  t.equal(dtype, 'uint8');
  const far = Array.from(data).filter((value, i) => {
    const [band, row] = [Math.floor(i / height / width), Math.floor(i / width) % height];
    return Math.abs(value - ruled(band, row, i % width, 10)) > 3;
  });
  t.equal(far.length, 0);
});

test('wavelengths, bad bands, the ignored value and the place of a GeoTIFF are found', async (t) => {
  const cube = await readCube(file('geo'));
  t.ok(follows(cube));
  t.same(cube.wavelengths?.map(Math.round), [400, 410, 420, 430, 440, 450]);
  t.same([cube.badBands, cube.ignoreValue], [[1], -9999]);
  t.same(cube.notes, { description: 'made for a test', sensor: 'made <here>' });
  const { geoKeys, ...place } = cube.georeference ?? {};
  // The tie point is the middle of the second pixel of the third row.
  t.same(place, { x: 497, y: 910, pixelWidth: 2, pixelHeight: 4, epsg: 32633, wkt: null });
  t.same(geoKeys, { 1024: 1, 1025: 1, 1026: 'UTM1', 3072: 32633 });
  const turned = (await readCube(file('rotated'))).georeference;
  t.same([turned?.x, turned?.y, Math.round(turned?.rotation ?? 0)], [10, 20, 45]);
  t.ok(Math.abs((turned?.pixelWidth ?? 0) - 1) < 1e-9);
});

test('windows and bands of a TIFF equal those of the rule', async (t) => {
  for (const name of ['tiled-f8', 'tiled-planar-u2', 'planar-big-i2', 'lzw-u2', 'contig-predictor-u2']) {
    const reader = await openCube(file(name));
    for (const window of [
      { row: 3, column: 5, height: 14, width: 13, bands: [5, 0, 2] },
      { row: 19, column: 23, height: 1, width: 1, bands: [3] },
      { row: 6, height: 2 },
    ]) {
      const {
        row,
        column = 0,
        height: tall,
        width: wide = width - column,
        bands: some = [0, 1, 2, 3, 4, 5],
      } = window;
      const wanted = some.flatMap((band) =>
        Array.from({ length: tall * wide }, (_, i) =>
          ruled(band, row + Math.floor(i / wide), column + (i % wide), 1),
        ),
      );
      t.same(Array.from(await reader.read(window)), wanted, `${name} ${JSON.stringify(window)}`);
    }
    await reader.close();
  }
});

test('a TIFF of three bands is a picture', async (t) => {
  t.equal(await formatOf(file('rgb')), null);
  const rgb = await readRgb(file('rgb'));
  t.same([rgb.height, rgb.width, rgb.dtype], [height, width, 'uint16']);
  await failsWith(t, readCube(file('rgb')), 'DATA_FORMAT', /rgb\.tif: a picture/);
});

test('a TIFF of three bands of floats is a picture of floats', async (t) => {
  const rgb = await readRgb(file('rgb-float'));
  t.same([rgb.height, rgb.width, rgb.dtype, rgb.fullScale], [height, width, 'float32', 1]);
  t.ok(
    rgb.data.every((value, i) => value === ruled(Math.floor(i / 480), Math.floor(i / 24) % 20, i % 24, 1)),
  );
  t.same(await rgbSize(file('rgb-float')), { height, width });
  t.same(await pictureFacts(file('rgb-float')), {
    height,
    width,
    channels: 3,
    dtype: 'float32',
    format: 'tiff',
  });
});

/** Tags of a cube of 5 bands of 3 x 4 pixels, pixel by pixel, and the file that holds them. */
function fileOf(strip: Buffer, more: readonly TiffTag[], sampleBits = 32): Buffer {
  const at = 8 + Math.ceil(strip.length / 8) * 8;
  const bits = new Array<number>(5).fill(sampleBits);
  const tags: TiffTag[] = [
    { tag: 256, type: 'long', values: [4] },
    { tag: 257, type: 'long', values: [3] },
    { tag: 258, type: 'short', values: bits },
    { tag: 273, type: 'offset', values: [8] },
    { tag: 277, type: 'short', values: [5] },
    { tag: 279, type: 'offset', values: [strip.length] },
    ...more,
  ];
  return Buffer.concat([
    tiffHeader(at, false),
    strip,
    Buffer.alloc(at - 8 - strip.length),
    tiffDirectory(tags, at, false),
  ]);
}

test('the predictor of floating-point numbers is undone', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'floats.tif');
    const values = Float32Array.from({ length: 60 }, (_, i) => Math.sqrt(i) - 3);
    const strip = Buffer.alloc(240);
    for (let row = 0; row < 3; row++) {
      const bytes = Buffer.alloc(80);
      for (let i = 0; i < 20; i++) {
        const value = Buffer.alloc(4);
        value.writeFloatBE(values[row * 20 + i] ?? 0);
        for (let place = 0; place < 4; place++) bytes[place * 20 + i] = value[place] ?? 0;
      }
      for (let i = 79; i >= 5; i--) bytes[i] = (bytes[i] ?? 0) - (bytes[i - 5] ?? 0);
      bytes.copy(strip, row * 80);
    }
    const tags = [
      { tag: 259, type: 'short', values: [8] },
      { tag: 317, type: 'short', values: [3] },
      { tag: 339, type: 'short', values: [3, 3, 3, 3, 3] },
    ] as const;
    await writeFile(path, fileOf(deflateSync(strip), tags));
    const { data, dtype } = await readCube(path);
    t.equal(dtype, 'float32');
    t.ok(data.every((value, i) => value === values[(i % 12) * 5 + Math.floor(i / 12)]));
  });
});

test('differences of 64-bit integers are undone, and too large ones refused', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'longs.tif');
    const tags = [
      { tag: 259, type: 'short', values: [8] },
      { tag: 317, type: 'short', values: [2] },
    ] as const;
    const ones = Buffer.from(BigUint64Array.from({ length: 60 }, () => 1n).buffer);
    await writeFile(path, fileOf(deflateSync(ones), tags, 64));
    const { data } = await readCube(path);
    t.same(Array.from(data.subarray(0, 5)), [1, 2, 3, 4, 1], 'a row counts up');
    const large = Buffer.from(BigUint64Array.from({ length: 60 }, () => 2n ** 60n).buffer);
    await writeFile(path, fileOf(deflateSync(large), tags, 64));
    await failsWith(t, readCube(path), 'DATA_RANGE', /longs\.tif/);
  });
});

test('strips that were never written hold the ignored value', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'sparse.tif');
    const described = (band: number) =>
      `<Item name="DESCRIPTION" sample="${band}" role="description">${400 + band} nm</Item>`;
    const tags = [
      { tag: 259, type: 'short', values: [8] },
      { tag: 42113, type: 'text', text: '17' },
      {
        tag: 42112,
        type: 'text',
        text: `<GDALMetadata>${[0, 1, 2, 3, 4].map(described).join('')}</GDALMetadata>`,
      },
    ] as const;
    await writeFile(path, fileOf(Buffer.alloc(0), tags, 16));
    const { data, wavelengths } = await readCube(path);
    t.ok(data.every((value) => value === 17));
    t.same(wavelengths, [400, 401, 402, 403, 404], 'from descriptions of bands');
    await writeFile(path, fileOf(Buffer.alloc(8, 1), [{ tag: 259, type: 'short', values: [8] }], 12));
    await failsWith(t, readCube(path), 'DATA_UNSUPPORTED', /12 bits/);
    await writeFile(
      path,
      fileOf(deflateSync(Buffer.alloc(50)), [{ tag: 259, type: 'short', values: [8] }], 16),
    );
    await failsWith(t, readCube(path), 'DATA_DAMAGED', /holds 50 bytes, where 120 are needed/);
    const bits: TiffTag = { tag: 339, type: 'short', values: [1, 1, 2, 1, 1] };
    await writeFile(path, fileOf(Buffer.alloc(120), [bits], 16));
    await failsWith(t, readCube(path), 'DATA_UNSUPPORTED', /differ in sample format/);
  });
});

test('Zstandard is unpacked', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'zstd.tif');
    const values = Uint8Array.from({ length: 20 }, (_, i) => i * 3);
    // A frame of one raw block, its size in one byte.
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 20, (20 << 3) | 1, 0, 0, ...values]);
    const tags = [
      { tag: 256, type: 'long', values: [2] },
      { tag: 257, type: 'long', values: [2] },
      { tag: 258, type: 'short', values: [8, 8, 8, 8, 8] },
      { tag: 259, type: 'short', values: [50000] },
      { tag: 273, type: 'offset', values: [8] },
      { tag: 277, type: 'short', values: [5] },
      { tag: 279, type: 'offset', values: [frame.length] },
    ] as const;
    const bytes = [
      tiffHeader(40, false),
      frame,
      Buffer.alloc(32 - frame.length),
      tiffDirectory(tags, 40, false),
    ];
    await writeFile(path, Buffer.concat(bytes));
    const { data } = await readCube(path);
    t.same(Array.from(data.subarray(0, 5)), [0, 15, 30, 45, 3], 'pixel by pixel');
  });
});

test('what cannot be read of TIFF is refused by name', async (t) => {
  await failsWith(t, readCube(file('complex')), 'DATA_TYPE', /complex\.tif/);
  await withFolder(async (folder) => {
    const path = join(folder, 'patched.tif');
    const bytes = await readFile(file('tiled-planar-u2'));
    // Compression (259) is a short in a directory entry.
    const entry = Buffer.from([3, 1, 3, 0, 1, 0, 0, 0, 8, 0]);
    const at = bytes.indexOf(entry);
    bytes.writeUInt16LE(34712, at + 8);
    await writeFile(path, bytes);
    await failsWith(t, readCube(path), 'DATA_UNSUPPORTED', /patched\.tif.*JPEG 2000/);
  });
});

test('cut and damaged TIFFs end with an error, and others are read after them', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'cut.tif');
    const bytes = await readFile(file('tiled-planar-u2'));
    await writeFile(path, bytes.subarray(0, bytes.length - 40));
    await failsWith(t, readCube(path), 'DATA_TRUNCATED', /cut\.tif/);
    const flipped = Buffer.from(bytes);
    for (let at = bytes.length - 300; at < bytes.length; at++) flipped[at] = 0x5a;
    await writeFile(path, flipped);
    await failsWith(t, readCube(path), 'DATA_DAMAGED', /cut\.tif.*deflate/);
    const huge = await readFile(file('contig-predictor-u2'));
    // The first entry of the directory is the width: its type becomes a long one, its value absurd.
    huge.writeUInt16LE(4, 12);
    huge.writeUInt32LE(0x0fffffff, 18);
    await writeFile(path, huge);
    await failsWith(t, readCube(path), 'DATA_TRUNCATED', /cut\.tif: claims/);
    await copyFile(file('lzw-u2'), path);
    t.ok(follows(await readCube(path)));
  });
});
