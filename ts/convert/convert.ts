import { onlyGiven } from '../config/only-given.js';
import { checkedOptions } from '../config/checked.js';
import { type ConvertGiven, convertTable } from '../config/index.js';
import {
  type CubeInfo,
  type CubePlan,
  type CubeReader,
  createCube,
  cubeInfo,
  fullScaleOf,
  openCube,
  pourCube,
  type ReadCubeOptions,
  formatNamed,
  writerFor,
} from '../data/index.js';
import { packageVersion } from '../version.js';
import type { ConvertEvent } from './events.js';
import { partOf } from './part.js';
import { renumberedTo, scaledTo, type TypeChange } from './typed-values.js';
import { bandsFrom, cropFrom, wavelengthsFrom } from './words.js';

/** What `convertCube` takes: the options of `hyperlift convert` by their names, and how to listen and stop. */
export interface ConvertCubeOptions extends ConvertGiven {
  /** Called with each event. */
  onProgress?: ((event: ConvertEvent) => void) | undefined;
  /** Stops between two pieces; nothing is written then. */
  signal?: AbortSignal | undefined;
}

/** What `convertCube` returns. */
export interface ConvertCubeResult {
  to: string;
  /** What was written. */
  plan: CubePlan;
  /** Values that the type cut off, and values that were NaN or infinite and became 0. */
  clipped: number;
  notFinite: number;
  seconds: number;
}

type Options = ReturnType<typeof checkedOptions<typeof convertTable>>;

/** Writes a cube in another container, type, order, or a part of it, some lines at a time: neither cube needs to fit into memory.
 * @throws {ConfigError} `CONFIG_*`; {DataError} `DATA_*` naming the file; {RunError} `RUN_DISK_FULL`; the signal's reason.
 * @example await convertCube({ from: 'scene.hdr', to: 'scene.mat' }); */
export async function convertCube(given: ConvertCubeOptions): Promise<ConvertCubeResult> {
  const started = performance.now();
  const { onProgress = () => {}, signal, ...rest } = given;
  const options = checkedOptions(convertTable, rest);
  const { from, to } = options;
  if (options.format === undefined) writerFor(to);
  const reader = await openPart(options);
  try {
    const change = changeOf(options, reader.info);
    const plan = planOf(options, reader.info);
    const { bands, height, width, dtype } = plan;
    onProgress({ type: 'start', from, to, bands, height, width, dtype });
    await pour(reader, change, plan, options, onProgress, signal);
    for (const text of [...lossesOf(change, dtype), ...leftOut(options, plan)])
      onProgress({ type: 'notice', text });
    const seconds = (performance.now() - started) / 1000;
    onProgress({ type: 'done', to, seconds });
    const { clipped = 0, notFinite = 0 } = change?.losses ?? {};
    return { to, plan, clipped, notFinite, seconds };
  } finally {
    await reader.close();
  }
}

async function openPart(options: Options): Promise<CubeReader> {
  const { from, variable, axes, fullScale, bands, crop, wavelengths } = options;
  const area = crop === undefined ? null : cropFrom(crop);
  const read: ReadCubeOptions = {
    ...onlyGiven({ variable, axes, fullScale }),
    ...(bands === undefined ? {} : { bands: bandsFrom(bands) }),
  };
  if (wavelengths !== undefined) {
    const { bands: _, ...whole } = read;
    read.wavelengths = wavelengthsFrom(wavelengths, await cubeInfo(from, whole));
  }
  const reader = await openCube(from, read);
  try {
    return area === null ? reader : partOf(reader, area);
  } catch (cause) {
    await reader.close();
    throw cause;
  }
}

function changeOf({ type, unscaled }: Options, info: CubeInfo): TypeChange | null {
  if (type === undefined || (type === info.dtype && (unscaled || info.fullScale === fullScaleOf(type)))) {
    return null;
  }
  return unscaled ? renumberedTo(type, info) : scaledTo(type, info);
}

/** What the written cube says of itself. */
function planOf({ type, unscaled }: Options, { variables: _, ...info }: CubeInfo): CubePlan {
  const dtype = type ?? info.dtype;
  const fullScale = type === undefined || unscaled ? info.fullScale : fullScaleOf(dtype);
  const origin = `${info.origin.file}${info.origin.variable === undefined ? '' : `, ${info.origin.variable}`}`;
  const notes = { ...info.notes, converted_by: `hyperlift ${packageVersion()} from ${origin}` };
  return { ...info, dtype, fullScale, notes };
}

async function pour(
  reader: CubeReader,
  change: TypeChange | null,
  plan: CubePlan,
  { to, format, name, interleave, overwrite, memory }: Options,
  report: (event: ConvertEvent) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const asked = {
    ...(format === undefined ? {} : { format }),
    ...(interleave === undefined ? {} : { interleave }),
  };
  const writer = await createCube(to, plan, { ...asked, variable: name, overwrite });
  try {
    await pourCube(reader, writer, {
      bytes: memory * 2 ** 20,
      ...(change === null ? {} : { convert: change.convert }),
      onLines: (done, total) => report({ type: 'lines', done, total, lines: writer.lines }),
      signal,
    });
  } catch (cause) {
    await writer.abort();
    throw cause;
  }
  await writer.finish();
}

/** What is known of the cube and has no place in the written container. */
function leftOut({ to, format }: Options, plan: CubePlan): string[] {
  const { title, loses = [] } = format === undefined ? writerFor(to) : formatNamed(format);
  const words = {
    wavelengths: 'wavelengths',
    badBands: 'bad bands',
    ignoreValue: 'the ignore value',
    georeference: 'the place on the map',
  };
  const isKnown = (value: unknown) => value != null && !(Array.isArray(value) && value.length === 0);
  const lost = loses.filter((fact) => isKnown(plan[fact]));
  if (lost.length === 0) return [];
  return [`${title} has no place for ${lost.map((fact) => words[fact]).join(', ')}: left out`];
}

function lossesOf(change: TypeChange | null, dtype: string): string[] {
  const { clipped = 0, notFinite = 0 } = change?.losses ?? {};
  return [
    ...(clipped > 0 ? [`${clipped} values lay beyond what ${dtype} holds and were cut to it`] : []),
    ...(notFinite > 0 ? [`${notFinite} values were NaN or infinite and became 0`] : []),
  ];
}
