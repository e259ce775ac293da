import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import type { CameraGiven } from '../../../ts/config/index.js';
import {
  cameraRecord,
  linearResponse,
  litResponse,
  readCamera,
  recordedResponse,
  responseRecord,
  rowsOfCube,
  seenResponse,
  takePicture,
} from '../../../ts/degrade/index.js';
import { evaluate } from '../../../ts/evaluate/index.js';
import { fromTypedArray } from '../../../ts/index.js';
import { readCheckpointMetadata, readSafetensors } from '../../../ts/io/index.js';
import { type TrainEvent, type TrainOptions, train, unssrLoss } from '../../../ts/train/index.js';
import { failure, inFolder, tinyCube, tinyRun, writeTinyPhotos, writeTinyScenes } from './tiny-scenes.js';

const supervised = { ...tinyRun, perceptualWeight: undefined, paradigm: 'supervised', steps: 2 } as const;
const unsupervised = { ...tinyRun, paradigm: 'unsupervised', steps: 2 } as const;
/** A camera of which everything is the native sampler's, and one with steps of its own. */
const plain: CameraGiven = { illuminant: 'A', exposure: 0.5, readNoise: 0.01, bits: 8 };
const whole: CameraGiven = { illuminant: 'D50', mosaic: 'rggb', electrons: 2000, curve: 'srgb', jpeg: 90 };

/** Trains, and says what was told and recorded. */
async function run(options: TrainOptions) {
  const notices: string[] = [];
  const onProgress = (event: TrainEvent) => {
    if (event.type === 'notice') notices.push(event.text);
  };
  const { files } = await train({ ...options, onProgress });
  const { metadata } = await readSafetensors(files.last);
  const facts = readCheckpointMetadata(files.last, metadata);
  return { files, facts, notices, bytes: await readFile(files.last) };
}

test('the colour loss of the true cube is 0 under light, exposure and colour correction', async (t) => {
  const cube = tinyCube(1);
  const { bands, height, width } = cube;
  for (const given of [
    { illuminant: 'A', exposure: 0.6 },
    { illuminant: '3200K', whiteBalance: false, exposure: 0.25 },
    { exposure: 0.5, gains: [1.2, 1, 0.9], matrix: [0.9, 0.1, 0, 0.05, 0.9, 0.05, 0, 0.1, 0.9] },
  ]) {
    const camera = await readCamera({ ...given, clip: false } as CameraGiven);
    const picture = await takePicture(camera, rowsOfCube(cube));
    const rgb = fromTypedArray(Float32Array.from(picture.data), [1, 3, height, width]);
    const truth = fromTypedArray(
      Float32Array.from(cube.data, (v) => v / 65535),
      [1, bands, height, width],
    );
    const response = linearResponse(camera, cube);
    const loss = await unssrLoss({ response, perceptual: 0, bandSsim: 0, shift: 'none' });
    const [value = 1] = await (await loss(truth, rgb)).total.toTypedArray();
    t.ok(Number(value) < 1e-6, `${JSON.stringify(given)}: ${value}`);
    const [dark = 0] = await (await loss(await truth.mul(0.5), rgb)).total.toTypedArray();
    t.ok(Number(dark) > 0.01, 'and another cube has another loss');
  }
});

test('a camera of the native sampler is recorded, drawn anew for each patch, and repeatable', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const bare = await run({ ...supervised, data, out: join(folder, 'bare') });
    t.equal(bare.facts.rgb?.camera, undefined, 'without a camera nothing is recorded');
    const first = await run({ ...supervised, data, camera: plain, out: join(folder, 'a') });
    t.same(first.facts.rgb?.camera?.illuminant, { name: 'A', measured: null });
    t.equal(first.facts.rgb?.camera?.settings.exposure, 0.5);
    t.equal(first.facts.rgb?.response.name, 'cie1964', 'the response is recorded without light');
    t.notOk(first.notices.some((text) => /camera/.test(text)));
    const file = join(folder, 'mine.json');
    await writeFile(file, JSON.stringify(plain));
    const second = await run({ ...supervised, data, camera: JSON.stringify(plain), out: join(folder, 'b') });
    t.ok(first.bytes.equals(second.bytes), 'as text it is the same camera');
    const third = await run({ ...supervised, data, camera: file, out: join(folder, 'c') });
    t.equal(third.facts.rgb?.camera?.name, 'mine');
    t.notOk(first.bytes.equals(bare.bytes), 'and another than none');
  });
});

test('pictures of other cameras are taken once, and evaluation takes them alike', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const first = await run({ ...supervised, data, camera: whole, out: join(folder, 'a') });
    t.ok(first.notices.some((text) => /camera 'camera': the RGB of each scene is made once/.test(text)));
    const second = await run({ ...supervised, data, camera: whole, out: join(folder, 'b') });
    t.ok(first.bytes.equals(second.bytes), 'equal runs leave equal bytes');
    const seeded = await run({ ...supervised, data, camera: whole, seed: 1, out: join(folder, 'c') });
    t.notOk(first.bytes.equals(seeded.bytes));
    const score = async (more: object) => {
      const { mean } = await evaluate({ checkpoint: first.files.last, data, threads: 1, ...more });
      return mean;
    };
    const own = await score({});
    t.same(await score({}), own, 'the noise of an evaluation is fixed');
    t.same(await score({ camera: whole }), own, 'the camera of the checkpoint is the default');
    t.notSame(await score({ camera: { electrons: 50 } }), own, 'another camera, other scores');
    const trained = await run({ ...unsupervised, data, camera: whole, out: join(folder, 'd') });
    t.equal(trained.facts.rgb?.camera?.settings.jpeg, 90, 'unsupervised runs take them too');
  });
});

test('a clipping camera says what the unsupervised loss makes of it', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const bright = await run({ ...unsupervised, data, camera: { exposure: 1.5 }, out: join(folder, 'a') });
    t.ok(
      bright.notices.some((text) => /white is 1\.50 before clipping/.test(text)),
      bright.notices.join(' '),
    );
    const dark = await run({ ...unsupervised, data, camera: plain, out: join(folder, 'b') });
    t.notOk(dark.notices.some((text) => /clipping/.test(text)));
  });
});

test('pictures are kept in the cache too, to the same weights', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const cache = join(folder, 'cache');
    const memory = await run({ ...supervised, data, camera: whole, cache: 'off', out: join(folder, 'a') });
    const cached = { ...supervised, data, camera: whole, cache };
    const built = await run({ ...cached, out: join(folder, 'b') });
    const count = (await readdir(cache, { recursive: true })).length;
    const again = await run({ ...cached, out: join(folder, 'c') });
    t.equal((await readdir(cache, { recursive: true })).length, count, 'the second run adds nothing');
    const weights = async ({ files }: { files: { best: string } }) => {
      const { tensors } = await readSafetensors(files.best);
      return [...tensors].map(([name, { data: bytes }]) => [name, Buffer.from(bytes).toString('hex')]);
    };
    t.same(await weights(built), await weights(memory));
    t.same(await weights(again), await weights(memory));
  });
});

test('photos are seen by the light and colours of a checkpoint, not by its exposure', async (t) => {
  const camera = await readCamera({ illuminant: 'A', exposure: 0.5, electrons: 100 });
  const seen = { name: 'usual', bands: 31, wavelengths: tinyCube(0).wavelengths };
  const bare = await readCamera();
  const response = responseRecord(litResponse(bare, seen));
  const record = { response, camera: cameraRecord(camera) };
  const lit = litResponse(camera, seen);
  const near = (a: Float64Array, b: Float64Array, factor = 1) =>
    a.every((value, i) => Math.abs(value - factor * (b[i] ?? 0)) < 1e-9);
  t.ok(near(recordedResponse(record).table, lit.table), 'photos');
  t.ok(near(seenResponse(record, seen).table, lit.table, 0.5), 'cubes, with the exposure');
  const mean = await readCamera({ exposure: 0.5, brightness: 'mean' });
  const scened = { response, camera: cameraRecord(mean) };
  const own = litResponse(bare, seen).table;
  t.ok(near(recordedResponse(scened).table, own), 'nor by its brightness');
  t.ok(near(seenResponse(scened, seen).table, own, 0.5), 'that of a scene counts as 1');
  t.same(recordedResponse({ response }).table, litResponse(bare, seen).table, 'no camera, no change');
});

test('a camera that does nothing scores as none', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder, 2);
    const { files } = await run({ ...supervised, data, out: join(folder, 'a') });
    const scores = async (more: object) =>
      (await evaluate({ checkpoint: files.last, data, threads: 1, ...more })).mean;
    const [none, idle] = [await scores({}), await scores({ camera: {} })];
    for (const name of ['psnr', 'rmse', 'sam'] as const) {
      t.ok(
        Math.abs((none[name] ?? 0) - (idle[name] ?? 1)) < 1e-4,
        `${name}: ${none[name]} and ${idle[name]}`,
      );
    }
  });
});

test('a run resumes with its camera, and with no other', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const camera = join(folder, 'camera.json');
    await writeFile(camera, JSON.stringify(whole));
    const stop = new AbortController();
    const out = join(folder, 'a');
    const onProgress = (event: TrainEvent) => {
      if (event.type === 'checkpoint') stop.abort();
    };
    const options = { ...supervised, steps: 6, checkpointEvery: 2, data, camera };
    await train({ ...options, out, onProgress, signal: stop.signal }).catch(() => null);
    const { camera: place } = JSON.parse(await readFile(join(out, 'config.json'), 'utf8'));
    t.equal(place, camera, 'its place is in config.json');
    await writeFile(camera, JSON.stringify({ ...whole, jpeg: 30 }));
    t.match(await failure({ resume: out }), /CONFIG_RESUME camera 'camera' does not take the steps/);
    await writeFile(camera, JSON.stringify(whole));
    const resumed = await train({ resume: out });
    const straight = await train({ ...options, out: join(folder, 'b') });
    const [a, b] = [await readFile(resumed.files.last), await readFile(straight.files.last)];
    t.ok(a.equals(b), 'to the same bytes as a run that never stopped');
  });
});

test('cameras that cannot be trained with are refused', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder, 2);
    const photos = await writeTinyPhotos(folder);
    const refused = (more: object) =>
      failure({ ...unsupervised, data, out: join(folder, 'x'), overwrite: true, ...more });
    t.match(
      await refused({ camera: plain, rgb: 'files' }),
      /CONFIG_CONFLICT option 'camera' has no effect with rgb 'files'/,
    );
    t.match(await refused({ camera: { exposure: 'auto' } }), /CONFIG_CONFLICT .*exposure 'auto'/);
    t.match(await refused({ camera: plain, data: photos }), /CONFIG_CONFLICT .*pictures alone/);
    t.match(await refused({ camera: { bit: 8 } }), /CONFIG_UNKNOWN .*'bit'/);
    t.match(await refused({ camera: 'ntire2022' }), /CONFIG_MISSING .*RGB_Camera_QE/);
  });
});
