/** Reads damaged inputs, one after the other, and tells the parent of each before and after. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CubeReader, openCube, readCube, readRgb } from '../../ts/data/index.js';
import { Random } from '../../ts/data/random.js';
import { readResponseCsv } from '../../ts/degrade/index.js';
import { HyperliftError } from '../../ts/errors.js';
import { readWeights } from '../../ts/io/index.js';
import { corpus, type Sound } from './corpus.js';
import { mutated } from './mutate.js';

/** What the parent asks for. */
export interface Task {
  seed: number;
  real: boolean;
  folder: string;
  /** Numbers of the inputs: first, first + step, ... below `end`. */
  first: number;
  step: number;
  end: number;
}

/** What became of an input. */
export type Report =
  | { type: 'ready'; sound: number; notSound: string[] }
  | { type: 'begin'; input: number; name: string; bytes: number }
  | { type: 'end'; input: number; outcome: 'read' | 'refused' | 'wrong'; text: string; milliseconds: number }
  | { type: 'all' };

function tell(report: Report): Promise<void> {
  return new Promise((resolve) => process.send?.(report, () => resolve()));
}

function chosen(random: Random, sounds: readonly Sound[]): Sound {
  const total = sounds.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.below(total);
  for (const sound of sounds) {
    left -= sound.weight;
    if (left < 0) return sound;
  }
  throw new RangeError('there are no sound inputs');
}

/** Writes the files of an input, one of them damaged, and gives the path to read. */
async function laid(
  folder: string,
  sound: Sound,
  damage: (bytes: Buffer, place: number) => Buffer,
): Promise<string> {
  for (const [place, { name, bytes }] of sound.files.entries()) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, damage(bytes, place));
  }
  return join(folder, sound.named);
}

/** A cube read whole, and parts of it once more, must agree with what is said of it. */
async function readAsCube(path: string, random: Random): Promise<void> {
  const whole = await readCube(path);
  const { bands, height, width, data, wavelengths } = whole;
  if (data.length !== bands * height * width || data.length === 0) {
    throw new Error(`${bands}x${height}x${width} with ${data.length} values`);
  }
  if (wavelengths !== null && wavelengths.length !== bands)
    throw new Error(`${wavelengths.length} wavelengths`);
  const reader: CubeReader = await openCube(path);
  try {
    const [row, column, band] = [random.below(height), random.below(width), random.below(bands)];
    const part = await reader.read({ row, column, height: 1, width: width - column, bands: [band] });
    const start = (band * height + row) * width + column;
    const same = part.every((value, i) => Object.is(value, data[start + i]));
    if (!same || part.length !== width - column) throw new Error('a part differs from the whole');
  } finally {
    await reader.close();
  }
}

async function readBy(kind: Sound['kind'], path: string, random: Random): Promise<void> {
  if (kind === 'cube') await readAsCube(path, random);
  else if (kind === 'picture') await readRgb(path);
  else if (kind === 'weights') await readWeights(path);
  else await readResponseCsv(path);
}

/** An error of ours that names a file of the input is right; anything else that is thrown is not. */
function judged(error: unknown, folder: string): { outcome: 'refused' | 'wrong'; text: string } {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const ours = error instanceof HyperliftError && /^(DATA|CHECKPOINT)_/.test(error.code);
  if (!ours) return { outcome: 'wrong', text };
  if (!error.message.includes(folder))
    return { outcome: 'wrong', text: `names no file: ${error.code} ${error.message}` };
  if (error.message.length > 1000)
    return { outcome: 'wrong', text: `${error.message.length} characters: ${text}` };
  return { outcome: 'refused', text: error.code };
}

async function tryInput(input: number, task: Task, sounds: readonly Sound[]): Promise<void> {
  const random = new Random(task.seed, input);
  const [sound, other] = [chosen(random, sounds), chosen(random, sounds)];
  const folder = await mkdtemp(join(task.folder, `${input}-`));
  const victim = random.below(sound.files.length);
  let bytes = 0;
  const path = await laid(folder, sound, (original, place) => {
    const result = place === victim ? mutated(random, original, other.files[0]?.bytes ?? original) : original;
    bytes += result.length;
    return result;
  });
  await tell({ type: 'begin', input, name: sound.name, bytes });
  const started = performance.now();
  const found = await readBy(sound.kind, path, random).then(
    () => ({ outcome: 'read', text: '' }) as const,
    (error: unknown) => judged(error, folder),
  );
  await tell({ type: 'end', input, ...found, milliseconds: performance.now() - started });
  if (found.outcome !== 'wrong') await rm(folder, { recursive: true });
}

/** Sound inputs must be read: an unread one would make all its damaged copies pass. */
async function unread(sounds: readonly Sound[], folder: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const [number, sound] of sounds.entries()) {
    const place = join(folder, `sound-${process.pid}-${number}`);
    const path = await laid(place, sound, (bytes) => bytes);
    // Some fixtures are broken on purpose; they are refused, not crashed on.
    await readBy(sound.kind, path, new Random(number)).catch((error: unknown) => {
      if (judged(error, place).outcome === 'wrong') wrong.push(`${sound.name}: ${String(error)}`);
    });
    await rm(place, { recursive: true });
  }
  return wrong;
}

process.once('message', async (task: Task) => {
  const made = await mkdtemp(join(task.folder, 'made-'));
  const sounds = await corpus(made, task);
  await tell({ type: 'ready', sound: sounds.length, notSound: await unread(sounds, task.folder) });
  for (let input = task.first; input < task.end; input += task.step) await tryInput(input, task, sounds);
  await tell({ type: 'all' });
  process.disconnect();
});
