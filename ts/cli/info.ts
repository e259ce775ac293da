import { open } from 'node:fs/promises';
import { path, text } from '../config/option.js';
import { variableOption } from '../config/shared-options.js';
import { defineTable, type GivenOptions } from '../config/table.js';
import { checkWhole } from '../config/validate.js';
import { defineCommand } from './command.js';

const table = defineTable({
  command: 'info',
  summary: 'tell what a cube, image or checkpoint holds',
  positional: { name: 'file', placeholder: 'FILE' },
  required: ['file'],
  examples: [
    { does: 'a cube, an image or a checkpoint', line: 'hyperlift info runs/first/best.safetensors' },
    { does: 'for a machine', line: 'hyperlift info scene.mat --json' },
  ],
  options: {
    file: path({ doc: 'a file, or a folder of band pictures', placeholder: 'FILE' }),
    variable: variableOption,
    key: text({ doc: 'weights to describe in a .pth that holds several', placeholder: 'NAME' }),
  },
});

type Facts = Record<string, unknown> & {
  kind: 'checkpoint' | 'cube' | 'image';
  metadata?: Record<string, unknown>;
};

/** `hyperlift info` */
export const command = defineCommand(table, async (options, console) => {
  checkWhole(table, options, { kind: 'flags' });
  const facts = await factsOf(options);
  if (console.json) console.event(facts);
  else for (const line of [...linesOf(facts), ...linesOf(facts.metadata ?? {})]) console.print(line);
  return undefined;
});

async function factsOf({ file = '', variable, key }: GivenOptions<typeof table>): Promise<Facts> {
  if (await isSafetensors(file)) return checkpointFacts(file);
  if (/\.(pth|pt|ckpt|pkl|tar|bin)$/i.test(file)) return publishedFacts(file, key);
  const { cubeInfo, formatOf, imageExtensions, rgbSize } = await import('../data/index.js');
  const isImage = imageExtensions.some((extension) => file.toLowerCase().endsWith(extension));
  if (isImage && (await formatOf(file)) === null) return { kind: 'image', file, ...(await rgbSize(file)) };
  return { kind: 'cube', ...(await cubeInfo(file, variable === undefined ? {} : { variable })) };
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

function linesOf(facts: Readonly<Record<string, unknown>>): string[] {
  const names = Object.keys(facts).filter((name) => name !== 'metadata' && (facts[name] ?? null) !== null);
  const width = Math.max(...names.map((name) => name.length));
  return names.map((name) => `${name.padEnd(width)}  ${shown(facts[name])}`);
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
