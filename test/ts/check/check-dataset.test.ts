import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import test from 'tape';
import { checkDataset, type CheckOptions } from '../../../ts/check/index.js';
import { writePicture, writeTiny } from '../data/datasets/tiny-cubes.js';
import { failsWith } from '../failure.js';
import { fixture, sharedFolder } from '../shared-folder.js';
import { withFolder } from '../temporary-folder.js';
import { exchangeChannels, movePicture, type Painted, paintScene, transposeCube } from './painted-scene.js';

async function paint(folder: string, name: string, scene: Painted, rgb = scene.rgb): Promise<void> {
  await writeTiny(join(folder, `${name}.mat`), scene);
  await writePicture(join(folder, `${name}_RGB.png`), { ...scene, data: rgb });
}

/** Code, name of the file and severity of each finding. */
async function codes(paths: string | string[], options: CheckOptions = {}): Promise<string[]> {
  const { findings } = await checkDataset(paths, options);
  return findings.map(({ code, file, severity }) => `${severity} ${code} ${file.split('/').at(-1)}`);
}

test('sound scenes give no finding, and the report says what was seen', async (t) => {
  await withFolder(async (folder) => {
    for (const seed of [1, 2, 3]) await paint(folder, `scene${seed}`, paintScene(seed));
    const seen: string[] = [];
    const report = await checkDataset(folder, {
      onProgress: ({ name, done, total }) => seen.push(`${name} ${done}/${total}`),
    });
    t.same(report.findings, []);
    t.ok(report.ok);
    t.same(report.folders, [{ path: folder, recognised: null, scenes: 3 }]);
    t.same(seen, ['scene1 1/3', 'scene2 2/3', 'scene3 3/3']);
    const [first] = report.scenes;
    t.same([first?.bands, first?.height, first?.width, first?.fullScale], [31, 64, 64, 1]);
    t.ok(first !== undefined && first.least >= 0.05 && first.most < 1 && first.mean > 0.05);
  });
});

test('BGR, shifted, turned and mispaired pictures are told apart, in more than one size', async (t) => {
  for (const [height, width] of [
    [64, 64],
    [70, 110],
  ] as const) {
    await withFolder(async (folder) => {
      const scenes = [1, 2, 3, 4, 5, 6].map((seed) => paintScene(seed, height, width));
      const [one, two, three, four, five, six] = scenes as [
        Painted,
        Painted,
        Painted,
        Painted,
        Painted,
        Painted,
      ];
      await paint(folder, 'sound', one);
      await paint(folder, 'bgr', two, exchangeChannels(two));
      await paint(folder, 'shifted', three, movePicture(three, 3, -2));
      await paint(folder, 'wrong1', four, five.rgb);
      await paint(folder, 'wrong2', five, four.rgb);
      const flipped = Uint8Array.from(six.rgb, (_, i) => {
        const [row, rest] = [Math.floor(i / (3 * width)), i % (3 * width)];
        return six.rgb[(height - 1 - row) * 3 * width + rest] ?? 0;
      });
      await paint(folder, 'turned', six, flipped);
      const { findings, ok } = await checkDataset(folder);
      const found = findings.map(({ code, file }) => `${code} ${file.split('/').at(-1)}`).sort();
      t.same(found, [
        'bgr bgr_RGB.png',
        'mispaired wrong1_RGB.png',
        'mispaired wrong2_RGB.png',
        'shifted shifted_RGB.png',
        'turned turned_RGB.png',
      ]);
      t.notOk(ok);
      const shifted = findings.find(({ code }) => code === 'shifted');
      t.match(shifted?.found ?? '', /3 rows lower and 2 columns further left than its cube/);
      t.match(shifted?.mend ?? '', new RegExp(`--crop 0,2,${height - 3},${width - 2}, .*row 3 and column 0`));
      t.match(findings.find(({ file }) => file.includes('wrong1'))?.found ?? '', /and shows .*wrong2\.mat/);
      t.match(findings.find(({ code }) => code === 'turned')?.found ?? '', /upside down/);
    });
  }
});

test('exchanged axes are seen by the picture, square or not, and the mending line names the order', async (t) => {
  for (const [height, width] of [
    [64, 64],
    [60, 90],
  ] as const) {
    await withFolder(async (folder) => {
      const scene = paintScene(7, height, width);
      await writeTiny(join(folder, 'a.mat'), transposeCube(scene));
      await writePicture(join(folder, 'a.png'), { ...scene, data: scene.rgb });
      const { findings } = await checkDataset(folder);
      t.same(
        findings.map(({ code }) => code),
        ['axes-swapped'],
      );
      t.match(findings[0]?.mend ?? '', /convert IN OUT --axes whb$/);
    });
  }
  await withFolder(async (folder) => {
    const header =
      'ENVI\nsamples = 20\nlines = 31\nbands = 64\ndata type = 4\ninterleave = bsq\nbyte order = 0\n';
    await writeFile(join(folder, 'b.hdr'), header);
    await writeFile(join(folder, 'b.img'), new Uint8Array(paintScene(1).data.slice(0, 20 * 31 * 64).buffer));
    t.ok((await codes(folder)).includes('error bands-axis b.hdr'), 'the axis of 31 is that of the bands');
    const other = paintScene(2, 40, 50);
    await writeTiny(join(folder, 'c.mat'), other);
    await writePicture(join(folder, 'c.png'), { height: 20, width: 50, data: other.rgb.slice(0, 3000) });
    t.ok((await codes(join(folder))).includes('error picture-size c.png'));
  });
});

test('ranges and scales are judged by the values', async (t) => {
  const scaled = (
    factor: number,
    to: (values: Float32Array<ArrayBuffer>) => Painted['data'] | Uint16Array,
  ) => {
    const scene = paintScene(8);
    return { ...scene, data: to(scene.data.map((value) => value * factor)) };
  };
  const same = (values: Float32Array<ArrayBuffer>) => values;
  const whole = (values: Float32Array<ArrayBuffer>) => Uint16Array.from(values);
  const cases = [
    ['floats to 4095', scaled(4095, same), 'range', /--full-scale 4095$/],
    ['floats to 65535', scaled(65535, same), 'range', /--full-scale 65535$/],
    ['floats below 0.01', scaled(0.008, same), 'scale-low', /--full-scale 0\.00/],
    ['12 bits in 16', scaled(4095, whole), 'scale-low', /--full-scale 4095, if/],
    ['reflectance times 10000', scaled(10000, whole), 'scale-low', /--full-scale 10000, if/],
  ] as const;
  for (const [title, scene, code, mend] of cases) {
    await withFolder(async (folder) => {
      await writeTiny(join(folder, 'a.mat'), scene);
      const { findings } = await checkDataset(folder);
      t.same(
        findings.map((one) => one.code),
        [code],
        title,
      );
      t.match(findings[0]?.mend ?? '', mend);
      const scale = Number(/--full-scale ([\d.]+)/.exec(findings[0]?.mend ?? '')?.[1]);
      t.same(await codes(folder, { fullScale: scale }), [], 'and so it is mended');
    });
  }
});

test('a dark scene among others is dark, not of another scale; saturated ones are told', async (t) => {
  await withFolder(async (folder) => {
    const plain = paintScene(1);
    const write = (name: string, to: (value: number) => number): Promise<string> =>
      writeTiny(join(folder, `${name}.mat`), {
        ...plain,
        data: Uint16Array.from(plain.data, (value) => to(value)),
      });
    await write('a', (value) => 65535 * value);
    await write('dark', (value) => 100 * value);
    const other = paintScene(2);
    await writeTiny(join(folder, 'bright.mat'), {
      ...other,
      data: Uint16Array.from(other.data, (value) => Math.min(65535, 400000 * value)),
    });
    const found = await codes(folder);
    t.ok(found.includes('warning saturated bright.mat'), found.join(', '));
    t.notOk(
      found.some((one) => one.includes('scale-low')),
      found.join(', '),
    );
  });
});

test('missing bands, NaN, ignored values and bad bands are named', async (t) => {
  await withFolder(async (folder) => {
    const scene = paintScene(3);
    const plane = scene.height * scene.width;
    const data = scene.data.slice();
    data.fill(0, 4 * plane, 5 * plane);
    data.copyWithin(9 * plane, 8 * plane, 9 * plane);
    data[17 * plane] = Number.NaN;
    await writeTiny(join(folder, 'a.mat'), { ...scene, data });
    const { findings } = await checkDataset(folder);
    t.same(
      findings.map(({ code }) => code),
      ['not-finite', 'band-empty', 'band-repeated'],
    );
    t.match(findings[0]?.found ?? '', /^1 values are NaN.*band 17/);
    t.match(findings[1]?.found ?? '', /band 4 \(counted from 0\) of 31/);
    t.match(findings[2]?.found ?? '', /band 9 \(counted from 0\) equal/);
  });
  await withFolder(async (folder) => {
    const { bands, height, width, data } = paintScene(4);
    const values = data.map((value, i) => (i % width === 0 ? -9999 : value));
    const header = `ENVI\nsamples = ${width}\nlines = ${height}\nbands = ${bands}\ndata type = 4\ninterleave = bsq\nbyte order = 0\n`;
    const bad = Array.from({ length: bands }, (_, band) => (band === 2 ? 0 : 1)).join(', ');
    await writeFile(join(folder, 'a.hdr'), `${header}data ignore value = -9999\nbbl = {${bad}}\n`);
    await writeFile(join(folder, 'a.img'), new Uint8Array(values.buffer));
    t.same(await codes(folder), ['warning ignore-value a.hdr', 'note bad-bands a.hdr']);
  });
  await withFolder(async (folder) => {
    const scene = paintScene(5, 8, 8);
    await writeTiny(join(folder, 'beads_ms'), {
      ...scene,
      data: Uint16Array.from(scene.data, (value) => 65535 * value),
    });
    const { rm } = await import('node:fs/promises');
    await rm(join(folder, 'beads_ms', 'beads_ms_07.png'));
    const { findings } = await checkDataset(folder);
    t.match(findings[0]?.found ?? '', /30 of 31 bands.*missing: 7/);
  });
});

test('wavelengths that cannot be are errors with a mending line', async (t) => {
  const cases: [title: string, wavelengths: number[] | null, expected: RegExp | null][] = [
    ['ascending', Array.from({ length: 31 }, (_, i) => 400 + 10 * i), null],
    ['angstroms', Array.from({ length: 31 }, (_, i) => 4000 + 100 * i), /error wavelengths-range.*400:10/],
    [
      'descending',
      Array.from({ length: 31 }, (_, i) => 700 - 10 * i),
      /warning wavelengths-order.*--bands 30,29/,
    ],
    [
      'out of order',
      Array.from({ length: 31 }, (_, i) => 400 + 10 * (i === 5 ? 9 : i)),
      /error wavelengths-order/,
    ],
    ['too long', Array.from({ length: 31 }, (_, i) => 25000 + 10 * i), /error wavelengths-range/],
  ];
  for (const [title, wavelengths, expected] of cases) {
    await withFolder(async (folder) => {
      await writeTiny(join(folder, 'a.mat'), { ...paintScene(6), wavelengths });
      const { findings } = await checkDataset(folder);
      const found = findings.map(({ severity, code, mend }) => `${severity} ${code} ${mend}`).join('; ');
      if (expected === null) t.equal(found, '', title);
      else t.match(found, expected, title);
    });
  }
  await withFolder(async (folder) => {
    const scene = paintScene(6);
    const data = scene.data.slice(0, 20 * scene.height * scene.width);
    await writeTiny(join(folder, 'a.mat'), { ...scene, bands: 20, data });
    await writeTiny(join(folder, 'b.mat'), scene);
    await writeTiny(join(folder, 'c.mat'), paintScene(9));
    t.same(await codes(folder), ['error bands-differ a.mat', 'warning wavelengths-missing a.mat']);
  });
});

test('the same scene in two folders is a leak, in another type and size as well; in one folder it is a duplicate', async (t) => {
  await withFolder(async (folder) => {
    const [train, held] = [join(folder, 'train'), join(folder, 'test')];
    for (const seed of [1, 2, 3]) await writeTiny(join(train, `a${seed}.mat`), paintScene(seed, 96, 96));
    await writeTiny(join(held, 'b4.mat'), paintScene(4, 96, 96));
    t.same(await codes([train, held]), []);
    const scene = paintScene(2, 96, 96);
    await writeTiny(join(held, 'b2'), {
      ...scene,
      data: Uint16Array.from(scene.data, (value) => 30000 * value),
    });
    const half = new Float32Array(31 * 48 * 48);
    for (let i = 0; i < half.length; i++) {
      const [x, y, band] = [i % 48, Math.floor(i / 48) % 48, Math.floor(i / 2304)];
      for (const at of [0, 1, 96, 97])
        half[i] = (half[i] ?? 0) + (scene.data[(band * 96 + 2 * y) * 96 + 2 * x + at] ?? 0) / 4;
    }
    await writeTiny(join(held, 'half.mat'), { bands: 31, height: 48, width: 48, data: half });
    const { findings } = await checkDataset([train, held]);
    t.same(
      findings.map(({ code, file }) => `${code} ${file.split('/').at(-1)}`),
      ['leak b2', 'leak half.mat'],
    );
    t.match(findings[0]?.found ?? '', /same scene as .*train\/a2\.mat/);
    const noisy = paintScene(5, 96, 96);
    // Each pixel its own spectrum, as in real scenes.
    noisy.data.forEach((value, i) => {
      noisy.data[i] = value + ((i * 7919) % 1000) / 20000;
    });
    await writeTiny(join(train, 'a5.mat'), noisy);
    const [side, top, left] = [40, 31, 17];
    const crop = Uint16Array.from({ length: 31 * side * side }, (_, i) => {
      const [x, y, band] = [i % side, Math.floor(i / side) % side, Math.floor(i / side / side)];
      return Math.round(65535 * (noisy.data[(band * 96 + top + y) * 96 + left + x] ?? 0));
    });
    await writeTiny(join(held, 'crop.mat'), { bands: 31, height: side, width: side, data: crop });
    const again = (await checkDataset([train, held])).findings.filter(({ file }) => file.includes('crop'));
    t.same(
      again.map(({ code }) => code),
      ['leak'],
    );
    t.match(again[0]?.found ?? '', /has pixels in common with .*a5\.mat/);
    await copyFile(join(train, 'a1.mat'), join(train, 'again.mat'));
    t.same(await codes(train), ['warning duplicate again.mat']);
  });
});

test('parts of a known layout are kept apart, and pictures in sibling folders are found', async (t) => {
  await withFolder(async (folder) => {
    const place = async (part: string, number: string, scene: Painted): Promise<void> => {
      await writeTiny(join(folder, `${part}_spectral`, `ARAD_1K_${number}.mat`), scene);
      await writePicture(join(folder, `${part}_RGB`, `ARAD_1K_${number}.jpg`), { ...scene, data: scene.rgb });
    };
    await place('Train', '0001', paintScene(1));
    await place('Train', '0002', paintScene(2));
    await place('Valid', '0901', paintScene(3));
    const sound = await checkDataset(folder);
    t.same(sound.findings, []);
    t.ok(sound.scenes.every(({ rgb }) => rgb !== null));
    t.match(sound.folders[0]?.recognised ?? '', /ARAD_1K.*3 of its 1000 scenes/);
    await place('Valid', '0902', paintScene(2));
    t.same(await codes(folder), ['error leak ARAD_1K_0902.mat']);
    const few = paintScene(8);
    const data = few.data.slice(0, 20 * few.height * few.width);
    const nm = Array.from({ length: 20 }, (_, band) => 400 + 10 * band);
    await writeTiny(join(folder, 'cave', 'beads.mat'), { ...few, bands: 20, data, wavelengths: nm });
    t.same(await codes(join(folder, 'cave')), ['warning bands-of-set beads.mat']);
    await writeTiny(join(folder, 'Harvard', 'CZ_hsdb', 'imga1.mat'), paintScene(4));
    await writeTiny(join(folder, 'Harvard', 'CZ_hsdbi', 'imgz1.mat'), paintScene(4));
    t.same(await codes(join(folder, 'Harvard')), ['error leak imgz1.mat'], 'one name begins the other');
  });
});

test('pictures that are missing, files that cannot be read, and folders without scenes', async (t) => {
  await withFolder(async (folder) => {
    await paint(folder, 'a', paintScene(1));
    await writeTiny(join(folder, 'b.mat'), paintScene(2));
    await writeFile(join(folder, 'c.mat'), 'no cube');
    await copyFile(fixture('mat', 'not-finite.mat'), join(folder, 'd.mat'));
    const found = await codes(folder);
    t.ok(found.includes('warning picture-missing b.mat'), found.join(', '));
    t.ok(found.includes('error unreadable c.mat'), found.join(', '));
    t.ok(found.includes('error not-finite d.mat'), found.join(', '));
    const empty = join(folder, 'empty');
    await mkdir(empty);
    await failsWith(t, checkDataset(empty), 'DATA_FORMAT', /empty/);
    await failsWith(t, checkDataset(join(folder, 'none')), 'DATA_MISSING', /none/);
    const signal = AbortSignal.abort(new Error('enough'));
    await checkDataset(folder, { signal }).then(
      () => t.fail('went on'),
      (error) => t.equal(error.message, 'enough'),
    );
  });
});

test('real scenes: nothing to complain of where they are sound, and the loop stays free', async (t) => {
  const [pack, train] = [sharedFolder('data', 'pack'), sharedFolder('data', 'train')];
  if (pack === null || train === null) return t.skip('the folder ../shared/data is not there');
  t.same(await codes([join(pack, 'cave_png'), train]), []);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await checkDataset(join(pack, 'cave_png'));
  delay.disable();
  t.comment(`longest turn of the event loop: ${(delay.max / 1e6).toFixed(1)} ms`);
  t.same(
    await codes([
      join(pack, 'mat5', 'clay_64x80_two_cubes.mat'),
      join(pack, 'mat5', 'clay_64x80_float64_uncompressed.mat'),
    ]),
    ['error leak clay_64x80_float64_uncompressed.mat', 'note scale-low clay_64x80_two_cubes.mat'],
  );
});
