import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import test from 'tape';
import { readRgb, rgbSize } from '../../../../../ts/data/formats/pictures/rgb-image.js';
import { DataError } from '../../../../../ts/errors.js';
import { failsWith } from '../../../failure.js';
import { withFolder } from '../../../temporary-folder.js';

const [height, width] = [5, 7];
const plane = height * width;
const raw = (channels: 1 | 2 | 3 | 4) => ({ raw: { width, height, channels } }) as const;
const colours = Uint8Array.from({ length: plane * 3 }, (_, i) => (i * 7) % 256);
const planar = (interleaved: ArrayLike<number>, channels: number) =>
  Array.from({ length: plane * 3 }, (_, i) => interleaved[(i % plane) * channels + Math.floor(i / plane)]);

test('pictures of 8 bits are read exactly from lossless files', async (t) => {
  await withFolder(async (folder) => {
    const image = sharp(colours, raw(3));
    const files = {
      png: image.clone().png(),
      tif: image.clone().tiff({ compression: 'deflate' }),
      webp: image.clone().webp({ lossless: true }),
      avif: image.clone().avif({ lossless: true }),
      gif: image.clone().gif(),
    };
    for (const [ending, encoded] of Object.entries(files)) {
      const path = join(folder, `photo.${ending}`);
      await writeFile(path, await encoded.toBuffer());
      const rgb = await readRgb(path);
      t.same([rgb.bands, rgb.height, rgb.width, rgb.dtype, rgb.fullScale], [3, 5, 7, 'uint8', 255], ending);
      t.same([...rgb.data], planar(colours, 3), `${ending}: values`);
      t.equal(rgb.kind, 'srgb');
      t.same(await rgbSize(path), { height, width });
    }
    const jpeg = join(folder, 'photo.jpg');
    await writeFile(jpeg, await image.clone().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer());
    t.equal((await readRgb(jpeg, { kind: 'linear' })).kind, 'linear');
  });
});

test('pictures of 16 bits keep them', async (t) => {
  await withFolder(async (folder) => {
    const values = Uint16Array.from({ length: plane * 3 }, (_, i) => i * 600 + 1);
    const path = join(folder, 'deep.png');
    await writeFile(path, await sharp(values, raw(3)).toColourspace('rgb16').png().toBuffer());
    const rgb = await readRgb(path);
    t.equal(rgb.dtype, 'uint16');
    t.equal(rgb.fullScale, 65535);
    t.same([...rgb.data], planar(values, 3));
  });
});

test('grey is repeated, alpha is left out', async (t) => {
  await withFolder(async (folder) => {
    const grey = Uint8Array.from({ length: plane }, (_, i) => i * 5);
    const path = join(folder, 'x.png');
    await writeFile(path, await sharp(grey, raw(1)).toColourspace('b-w').png().toBuffer());
    t.same([...(await readRgb(path)).data], [...grey, ...grey, ...grey], 'grey');
    const clear = Uint8Array.from({ length: plane * 4 }, (_, i) => (i % 4 === 3 ? i : 200 - i));
    await writeFile(path, await sharp(clear, raw(4)).png().toBuffer());
    t.same([...(await readRgb(path)).data], planar(clear, 4), 'alpha, colours as stored');
  });
});

test('a photo is turned upright as its EXIF says', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'turned.png');
    await writeFile(path, await sharp(colours, raw(3)).withMetadata({ orientation: 6 }).png().toBuffer());
    const rgb = await readRgb(path);
    t.same([rgb.height, rgb.width], [7, 5]);
    t.same(await rgbSize(path), { height: 7, width: 5 });
  });
});

/** A bitmap of 24 or 32 bits, from the bottom up or from the top down. */
function bmp(bits: 24 | 32, topDown: boolean): Buffer {
  const bytes = bits / 8;
  const line = Math.ceil((width * bytes) / 4) * 4;
  const file = Buffer.alloc(54 + line * height);
  file.write('BM');
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(topDown ? -height : height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(bits, 28);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = 54 + (topDown ? row : height - 1 - row) * line + column * bytes;
      for (let c = 0; c < 3; c++) file[at + 2 - c] = colours[(row * width + column) * 3 + c] ?? 0;
    }
  }
  return file;
}

test('bitmaps of 24 and 32 bits are read, other ones refused', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'x.bmp');
    for (const bits of [24, 32] as const) {
      for (const topDown of [false, true]) {
        await writeFile(path, bmp(bits, topDown));
        t.same(
          [...(await readRgb(path)).data],
          planar(colours, 3),
          `${bits} bits, ${topDown ? 'top down' : 'bottom up'}`,
        );
      }
    }
    t.same(await rgbSize(path), { height, width });
    const other = bmp(24, false);
    other.writeUInt16LE(8, 28);
    await writeFile(path, other);
    await failsWith(t, readRgb(path), 'DATA_UNSUPPORTED', /x\.bmp: a bitmap of 8 bits/);
    await writeFile(path, bmp(24, false).subarray(0, 100));
    await failsWith(t, readRgb(path), 'DATA_TRUNCATED', /x\.bmp: cut off/);
  });
});

test('what is no picture is refused, cut-off pictures too', async (t) => {
  await withFolder(async (folder) => {
    await failsWith(t, readRgb(join(folder, 'none.png')), 'DATA_MISSING', /none\.png/);
    const path = join(folder, 'x.png');
    await writeFile(path, '');
    await failsWith(t, readRgb(path), 'DATA_EMPTY', /x\.png/);
    await writeFile(path, 'hello');
    await failsWith(t, readRgb(path), 'DATA_FORMAT', /x\.png: not a picture/);
    const noisy = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i * 31 + (i >> 3) * 17) & 255);
    const image = sharp(noisy, { raw: { width: 64, height: 64, channels: 3 } });
    for (const encoded of [await image.clone().png().toBuffer(), await image.clone().jpeg().toBuffer()]) {
      let wrong = '';
      // The last chunk of a PNG and the end mark of a JPEG hold no pixels.
      for (let length = 0; length < encoded.length - 12 && wrong === ''; length += 7 * 37) {
        await writeFile(path, encoded.subarray(0, length));
        const error = await readRgb(path).then(
          () => null,
          (cause: unknown) => cause,
        );
        if (!(error instanceof DataError)) wrong = `${length} of ${encoded.length}: ${String(error)}`;
      }
      t.equal(wrong, '');
    }
    await writeFile(path, await image.clone().tiff().toBuffer());
    t.ok(
      (await readFile(path)).length > 0 && (await readRgb(path)).height === 64,
      'an ending does not matter',
    );
  });
});
