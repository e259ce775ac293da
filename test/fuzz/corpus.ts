import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import {
  allocateValues,
  type CubeData,
  type CubeDType,
  formatNamed,
  formatWords,
  fullScaleOf,
  writeCube,
} from '../../ts/data/index.js';
import { packageRoot } from '../../ts/package-root.js';
import { sharedFolder } from '../ts/shared-folder.js';

/** What reads a file. */
export type Kind = 'cube' | 'picture' | 'weights' | 'response';

/** A sound input: the files that make it, as they lie beside each other, and the one that is named. */
export interface Sound {
  name: string;
  kind: Kind;
  files: { name: string; bytes: Buffer }[];
  /** What is handed to the reader: a file, or '.' for their folder. */
  named: string;
  /** How often it is taken, against the others. */
  weight: number;
}

const [bands, height, width] = [7, 12, 10];

function cubeOf(dtype: CubeDType): CubeData {
  const data = allocateValues(dtype, bands * height * width);
  for (let i = 0; i < data.length; i++) data[i] = (fullScaleOf(dtype) * (i % 97)) / 97;
  const wavelengths = Array.from({ length: bands }, (_, band) => 450 + 40 * band);
  const origin = { file: 'made', format: 'test' };
  return {
    data,
    dtype,
    bands,
    height,
    width,
    wavelengths,
    fullScale: fullScaleOf(dtype),
    name: 'made',
    origin,
  };
}

async function filesBelow(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  return names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function soundFolder(
  folder: string,
  facts: Pick<Sound, 'kind' | 'named' | 'weight' | 'name'>,
): Promise<Sound> {
  const files = await Promise.all(
    (await filesBelow(folder)).map(async (file) => ({
      name: relative(folder, file),
      bytes: await readFile(file),
    })),
  );
  return { ...facts, files };
}

/** Small cubes in every container that is written. */
async function madeCubes(folder: string): Promise<Sound[]> {
  const made: Sound[] = [];
  for (const word of formatWords()) {
    for (const dtype of ['uint8', 'uint16', 'float32', 'float64'] as const) {
      const name = `scene${formatNamed(word).extensions[0] ?? ''}`;
      const place = join(folder, word, dtype);
      await mkdir(place, { recursive: true });
      await writeCube(join(place, name), cubeOf(dtype), { format: word });
      const facts = { name: `${word} ${dtype}`, kind: 'cube', named: name, weight: 12 } as const;
      made.push(await soundFolder(place, facts));
    }
  }
  return made;
}

async function madePictures(): Promise<Sound[]> {
  const { default: sharp } = await import('sharp');
  const raw = { width: 9, height: 8, channels: 3 } as const;
  const image = sharp(
    Uint8Array.from({ length: 216 }, (_, i) => i),
    { raw },
  );
  const coded = {
    'a.png': await image.clone().png().toBuffer(),
    'a.jpg': await image.clone().jpeg().toBuffer(),
    'a.tif': await image.clone().tiff().toBuffer(),
    'a.webp': await image.clone().webp().toBuffer(),
    'a.avif': await image.clone().avif().toBuffer(),
    'a.gif': await image.clone().gif().toBuffer(),
    'a.bmp': bitmap(),
  };
  return Object.entries(coded).map(([name, bytes]) => ({
    name,
    kind: 'picture',
    files: [{ name, bytes }],
    named: name,
    weight: 6,
  }));
}

/** An uncompressed Windows bitmap of 4 x 2 pixels. */
function bitmap(): Buffer {
  const bytes = Buffer.alloc(54 + 24, 90);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(4, 18);
  bytes.writeInt32LE(2, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  bytes.writeUInt32LE(0, 30);
  return bytes;
}

const csv = '# made\nwavelength_nm,R,G,B\n400,0.1,0.2,0.7\n500,0.2,0.9,0.2\n600,0.8,0.3,0.1\n700,0.4,0.1,0\n';

/** Fixtures of the tests: of every kind that scipy and PyTorch write. */
async function fixtures(): Promise<Sound[]> {
  const found: Sound[] = [];
  for (const [folder, kind] of [
    ['mat', 'cube'],
    ['pth', 'weights'],
  ] as const) {
    for (const file of await filesBelow(join(packageRoot(), 'test', 'fixtures', folder))) {
      if (file.endsWith('.py') || (await stat(file)).size > 65536) continue;
      const name = basename(file);
      found.push({ name, kind, files: [{ name, bytes: await readFile(file) }], named: name, weight: 2 });
    }
  }
  return found;
}

/** Real files, where they are: large ones, so taken less often. */
async function realFiles(): Promise<Sound[]> {
  const pack = sharedFolder('data', 'pack');
  if (pack === null) return [];
  const found: Sound[] = [];
  for (const file of await filesBelow(pack)) {
    const name = basename(file);
    if (/\.(json|xls|csv|raw|img|dat)$|_\d\d\.png$/.test(name)) continue;
    const beside = file.endsWith('.hdr')
      ? (await readdir(dirname(file))).filter((other) => other.startsWith(name.slice(0, -4)))
      : [name];
    const files = await Promise.all(
      beside.map(async (each) => ({ name: each, bytes: await readFile(join(dirname(file), each)) })),
    );
    const weights = /\.(pth|pkl|tar)$/.test(name);
    const kind = weights ? 'weights' : /\.(png|bmp)$/.test(name) ? 'picture' : 'cube';
    if (/cie_1964.*npz$/.test(name)) continue;
    found.push({ name: relative(pack, file), kind, files, named: name, weight: 2 });
  }
  return found;
}

/** Every sound input; `folder` is for those that are made. */
export async function corpus(folder: string, { real }: { real: boolean }): Promise<Sound[]> {
  const response: Sound = {
    name: 'response.csv',
    kind: 'response',
    files: [{ name: 'response.csv', bytes: Buffer.from(csv) }],
    named: 'response.csv',
    weight: 10,
  };
  await writeFile(join(folder, 'made'), '');
  return [
    ...(await madeCubes(folder)),
    ...(await madePictures()),
    response,
    ...(await fixtures()),
    ...(real ? await realFiles() : []),
  ];
}
