import { onlyGiven } from '../config/only-given.js';
import { type CheckedOptions, checkedOptions } from '../config/checked.js';
import { type SimulateGiven, simulateTable } from '../config/index.js';
import { wavelengthsFrom } from '../convert/words.js';
import { cubeInfo, dtypeOf, type ReadCubeOptions, writeCube } from '../data/index.js';
import { type Camera, type CameraPicture, encodePicture, readCamera, takePicture } from '../degrade/index.js';
import { ConfigError } from '../errors.js';
import { writeAtomically } from '../io/atomic-write.js';
import { openCubeRows } from './cube-rows.js';
import type { SimulateEvent } from './events.js';
import { type SimulatedPair, settlePairs } from './outputs.js';

/** What `simulate` takes: the options of `hyperlift simulate` by their names, and how to listen and stop. */
export interface SimulateOptions extends SimulateGiven {
  /** Called with each event. */
  onProgress?: ((event: SimulateEvent) => void) | undefined;
  /** Stops between two strips. */
  signal?: AbortSignal | undefined;
}

/** What a simulation wrote. */
export interface SimulateResult {
  /** In the order of the cubes. */
  pictures: { cube: string; file: string; height: number; width: number }[];
}

/** Makes RGB images of cubes, as a camera would. Needs no LibTorch. Pictures without a `depth` have 16 bits, `.npy` (`[height, width, 3]`) floats; memory is that of the picture
 * and of a strip of the cube.
 * @throws {ConfigError} `CONFIG_*` as {@link readCamera}, `CONFIG_OUT`, `CONFIG_CONFLICT` for JPEG files of a camera that makes none.
 * @throws {DataError} `DATA_*` naming the cube.
 * @example
 * await simulate({ cubes: ['scene.mat'], out: 'scene.jpg', camera: { illuminant: 'D65', electrons: 5000, jpeg: 90 } }); */
export async function simulate(given: SimulateOptions): Promise<SimulateResult> {
  const { onProgress = () => {}, signal, ...rest } = given;
  const options = checkedOptions(simulateTable, rest);
  const { response, illuminant, seed, format, out } = options;
  const camera = await readCamera(options.camera, { response, illuminant });
  const usual = camera.settings.jpeg === undefined ? 'png' : 'jpg';
  const pairs = await settlePairs(options.cubes, out, format, usual);
  for (const pair of pairs) requireJpeg(pair, camera);
  const light = camera.light?.name ?? null;
  const names = { camera: camera.name, response: camera.response.name, illuminant: light };
  onProgress({ type: 'start', cubes: pairs.length, ...names });
  const pictures: SimulateResult['pictures'] = [];
  for (const pair of pairs) {
    signal?.throwIfAborted();
    const { rows, close } = await openCubeRows(pair.cube, pair.name, await readingOf(pair.cube, options));
    const started = performance.now();
    const onRows = (done: number) => {
      const perSecond = (1000 * done) / (performance.now() - started);
      const remainingSeconds = (rows.height - done) / perSecond;
      onProgress({ type: 'rows', cube: pair.name, done, total: rows.height, perSecond, remainingSeconds });
    };
    const how = { seed, signal, onRows, decoded: pair.format !== 'jpg' };
    const picture = await takePicture(forFile(camera, pair), rows, how).finally(close);
    await writePicture(pair, picture);
    const { height, width } = picture;
    pictures.push({ cube: pair.cube, file: pair.file, height, width });
    onProgress({ type: 'file', cube: pair.name, file: pair.file, height, width });
  }
  return { pictures };
}

/** How a cube is read; wavelengths as `hyperlift convert` takes them. */
async function readingOf(
  cube: string,
  { variable, axes, fullScale, wavelengths }: CheckedOptions<typeof simulateTable>,
): Promise<ReadCubeOptions> {
  const read: ReadCubeOptions = onlyGiven({ variable, axes, fullScale });
  if (wavelengths === undefined) return read;
  return { ...read, wavelengths: wavelengthsFrom(wavelengths, await cubeInfo(cube, read)) };
}

/** Pictures hold whole numbers, 16 bits where the camera does not say; `.npy` holds floats too. */
function forFile(camera: Camera, { format }: SimulatedPair): Camera {
  const { depth = 16, jpeg } = camera.settings;
  if (format === 'npy' || jpeg !== undefined) return camera;
  return { ...camera, settings: { ...camera.settings, depth } };
}

/** @throws {ConfigError} `CONFIG_CONFLICT`. */
function requireJpeg({ format, file }: SimulatedPair, { settings, name }: Camera): void {
  if (format !== 'jpg' || settings.jpeg !== undefined) return;
  throw new ConfigError(
    'CONFIG_CONFLICT',
    `${file}: camera '${name}' makes no JPEG; name its quality, as in --camera '{"jpeg": 90}', or write .png`,
  );
}

async function writePicture(
  { cube, name, file, format }: SimulatedPair,
  picture: CameraPicture,
): Promise<void> {
  const { data } = picture;
  if (format === 'npy') {
    const origin = { file: cube, format: 'simulated' };
    const facts = { name, bands: 3, dtype: dtypeOf(data), wavelengths: null, origin };
    return writeCube(file, { ...picture, ...facts }, { format });
  }
  // `forFile` has seen to it that values are whole.
  if (data instanceof Float32Array) return;
  const bytes =
    (format === 'jpg' ? picture.jpeg : null) ?? (await encodePicture({ ...picture, data }, format));
  await writeAtomically(file, (handle) => handle.writeFile(bytes));
}
