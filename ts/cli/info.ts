import { onlyGiven } from '../config/only-given.js';
import { open, stat } from 'node:fs/promises';
import { flag, path, text } from '../config/option.js';
import { axesOption, variableOption } from '../config/shared-options.js';
import { defineTable, type GivenOptions } from '../config/table.js';
import { checkWhole } from '../config/validate.js';
import { defineCommand } from './command.js';

const table = defineTable({
  command: 'info',
  summary: 'tell what a cube, image or checkpoint holds',
  about:
    'Of a cube: its container, sizes, wavelengths, how its axes were read and why, the range of its values (of large ones of a sample of its lines), ' +
    'place on the map, and what else is in the file. Of a folder of scenes: each of them.',
  positional: { name: 'file', placeholder: 'FILE' },
  required: ['file'],
  examples: [
    { does: 'a cube, an image or a checkpoint', line: 'hyperlift info runs/first/best.safetensors' },
    { does: 'a cube, and how it looks', line: 'hyperlift info flight.hdr --picture flight.png' },
    { does: 'an array inside an HDF5 file', line: 'hyperlift info scenes.h5:/train/scene1' },
    { does: 'for a machine', line: 'hyperlift info scene.mat --json' },
  ],
  options: {
    file: path({ doc: 'a file, or a folder of band pictures or scenes', placeholder: 'FILE' }),
    picture: path({
      doc: 'also write the cube as a picture: sRGB under D65, or false colours where no band is visible',
      placeholder: 'FILE.png',
    }),
    values: flag({ doc: 'look at the values of a cube', default: true }),
    variable: variableOption,
    axes: axesOption,
    key: text({ doc: 'weights to describe in a .pth that holds several', placeholder: 'NAME' }),
  },
});

type Given = GivenOptions<typeof table>;

type Facts = Record<string, unknown> & {
  kind: 'checkpoint' | 'cube' | 'image' | 'scenes';
  metadata?: Record<string, unknown>;
};

/** What was found, for machines and for people. */
interface Described {
  facts: Facts;
  lines: [word: string, text: string][];
}

/** `hyperlift info` */
export const command = defineCommand(table, async (options, console) => {
  checkWhole(table, options, { kind: 'flags' });
  const { facts, lines } = await describe(options);
  if (console.json) console.event(facts);
  else for (const line of aligned(lines)) console.print(line);
  return undefined;
});

async function describe(given: Given): Promise<Described> {
  const { file = '', key } = given;
  if (await isSafetensors(file)) return plainly(await checkpointFacts(file));
  if (/\.(pth|pt|ckpt|pkl|tar|bin)$/i.test(file)) return plainly(await publishedFacts(file, key));
  const { formatOf, imageExtensions } = await import('../data/index.js');
  const facts = await stat(file).catch(() => null);
  const format = facts === null ? null : await formatOf(file);
  if (facts === null || format !== null) return describeCube(given);
  if (facts.isDirectory()) return describeScenes(file);
  const isImage = imageExtensions.some((extension) => file.toLowerCase().endsWith(extension));
  return isImage ? describeImage(file) : describeCube(given);
}

async function describeCube({
  file = '',
  variable,
  axes,
  picture,
  values = true,
}: Given): Promise<Described> {
  const { cubeBytes, formats, openCube, summarise } = await import('../data/index.js');
  const { cubeLines } = await import('./described-cube.js');
  const read = onlyGiven({ variable, axes });
  const reader = await openCube(file, read);
  try {
    const { info } = reader;
    const title = formats.find(({ id }) => id === info.origin.format)?.title ?? info.origin.format;
    const found = values ? await summarise(reader) : null;
    const bytes = await cubeBytes(info.origin.file);
    const lines = cubeLines(info, { title, bytes, values: found });
    if (picture !== undefined) {
      const { pictureOfCube } = await import('../evaluate/index.js');
      await pictureOfCube(file, picture, read);
      lines.push(['picture', picture]);
    }
    return { facts: { kind: 'cube', ...info, bytes, values: found }, lines: [[file, ''], ...lines] };
  } finally {
    await reader.close();
  }
}

async function describeImage(file: string): Promise<Described> {
  const { pictureFacts } = await import('../data/index.js');
  const { channels, dtype, format, height, width } = await pictureFacts(file);
  const { sizeInWords } = await import('./described-cube.js');
  const bytes = (await stat(file)).size;
  return {
    facts: { kind: 'image', file, height, width, channels, dtype, format, bytes },
    lines: [
      [file, ''],
      ['container', `${format.toUpperCase()} picture, ${sizeInWords(bytes)}`],
      ['image', `${height} x ${width} pixels (height x width), ${channels} channels of ${dtype}`],
    ],
  };
}

/** A folder of scenes: what each is. */
async function describeScenes(folder: string): Promise<Described> {
  const { openDataset } = await import('../data/index.js');
  const { scenes, notices } = await openDataset(folder);
  const found: Record<string, unknown>[] = [];
  const lines: Described['lines'] = [[`${folder}: ${scenes.length} scenes`, '']];
  for (const notice of notices) lines.push([notice.replace(`${folder}: `, ''), '']);
  for (const scene of scenes) {
    const { name, kind } = scene;
    const info = await scene.info();
    found.push({ name, scene: kind, ...info });
    const bands = info.bands === null ? 'a picture' : `${info.bands} bands`;
    lines.push([name, `${bands} of ${info.height} x ${info.width} pixels, ${info.dtype ?? ''} (${kind})`]);
  }
  return { facts: { kind: 'scenes', folder, scenes: found, notices }, lines };
}

/** A safetensors file starts with the length of its header, eight bytes, and the header's brace. */
async function isSafetensors(file: string): Promise<boolean> {
  if (file.endsWith('.safetensors')) return true;
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return false;
  try {
    const start = Buffer.alloc(9);
    const { bytesRead } = await handle.read(start, 0, 9, 0).catch(() => ({ bytesRead: 0 }));
    return bytesRead === 9 && start[8] === 0x7b && start.readBigUInt64LE() < 100_000_000n;
  } finally {
    await handle.close();
  }
}

async function checkpointFacts(file: string): Promise<Facts> {
  const { elementCount, readSafetensorsHeader } = await import('../io/index.js');
  const { entries, metadata } = await readSafetensorsHeader(file);
  const weights = [...entries].filter(([name]) => !name.includes('/'));
  const values = weights.reduce((sum, [, { shape }]) => sum + elementCount(shape), 0);
  return {
    kind: 'checkpoint',
    file,
    tensors: weights.length,
    values,
    trainerState: entries.size > weights.length,
    metadata: Object.fromEntries(Object.entries(metadata).map(([key, words]) => [key, parsed(words)])),
  };
}

/** A `.pth`: what its weights are, and what was found beside them. */
async function publishedFacts(file: string, key: string | undefined): Promise<Facts> {
  const { elementCount, readWeights } = await import('../io/index.js');
  const { tensors, container, under, metadata, notes } = await readWeights(
    file,
    key === undefined ? {} : { key },
  );
  const values = [...tensors.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);
  return { kind: 'checkpoint', file, container, under, tensors: tensors.size, values, notes, metadata };
}

function parsed(words: string): unknown {
  if (!/^[[{]|^-?\d+$|^null$/.test(words)) return words;
  try {
    return JSON.parse(words);
  } catch {
    return words;
  }
}

/** Facts by their names, those of the metadata after them. */
function plainly(facts: Facts): Described {
  const { metadata = {}, ...own } = facts;
  const lines = [...Object.entries(own), ...Object.entries(metadata)]
    .filter(([, value]) => (value ?? null) !== null)
    .map(([word, value]): [string, string] => [word, shown(value)]);
  return { facts, lines };
}

/** Words in a column of their own; a line without text is a title. */
function aligned(lines: Described['lines']): string[] {
  const width = Math.max(0, ...lines.filter(([, text]) => text !== '').map(([word]) => word.length));
  return lines.map(([word, text]) => (text === '' ? word : `${word.padEnd(width)}  ${text}`));
}

/** Long tables are told by their size: `--json` has them whole. */
function shown(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const words = JSON.stringify(value);
  if (words.length <= 160) return words;
  if (Array.isArray(value))
    return `${value.length} values, ${JSON.stringify(value[0])} to ${JSON.stringify(value.at(-1))}`;
  return Object.entries(value)
    .map(([name, part]) => `${name} ${shown(part)}`)
    .join(', ');
}
