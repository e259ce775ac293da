import { stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import { DataError } from '../../../errors.js';
import { fileError } from '../../../io/file.js';
import { listNames } from '../pictures/band-files.js';
import { type EnviFields, enviText, readEnviHeader } from './envi-header.js';

const headerEnding = '.hdr';
/** Endings of data files, in the order they are looked for; some software writes none. */
export const enviDataEndings: readonly string[] = [
  '',
  '.img',
  '.dat',
  '.raw',
  '.bsq',
  '.bil',
  '.bip',
  '.bin',
  '.sli',
];

/** A cube's two files. */
export interface EnviFiles {
  header: string;
  data: string;
  fields: EnviFields;
}

function isHeaderName(name: string): boolean {
  return name.toLowerCase().endsWith(headerEnding);
}

function withoutEnding(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}

/** The name among `names` that is `wanted`, or else differs from it in case alone. */
function present(names: readonly string[], wanted: string): string | undefined {
  if (names.includes(wanted)) return wanted;
  return names.find((name) => name.toLowerCase() === wanted.toLowerCase());
}

/** The header beside a data file: `scene.img.hdr`, or `scene.hdr` where the data file's ending is one of the field's. */
export function enviHeaderBeside(data: string, names: readonly string[]): string | undefined {
  if (isHeaderName(data)) return undefined;
  const own = present(names, `${data}${headerEnding}`);
  const isUsual = enviDataEndings.includes(extname(data).toLowerCase());
  return own ?? (isUsual ? present(names, `${withoutEnding(data)}${headerEnding}`) : undefined);
}

/** Data files that by their names can belong to a header. */
function dataBeside(header: string, names: readonly string[]): string[] {
  const stem = withoutEnding(header);
  const found = enviDataEndings.flatMap((ending) => present(names, `${stem}${ending}`) ?? []);
  return [...new Set(found)].filter((name) => !isHeaderName(name));
}

async function fileSize(path: string): Promise<number | null> {
  const facts = await stat(path).catch(() => undefined);
  return facts?.isFile() ? facts.size : null;
}

/** The data file that a header's own key names, where it is there. */
async function namedData(header: string, fields: EnviFields): Promise<string | null> {
  const name = enviText(fields, 'data file');
  if (name === undefined) return null;
  const path = isAbsolute(name) ? name : join(dirname(header), name);
  return (await fileSize(path)) === null ? null : path;
}

/** Of several, the one that has the size the header tells. */
async function dataOf(header: string, fields: EnviFields, bytes: number): Promise<string> {
  const named = await namedData(header, fields);
  if (named !== null) return named;
  const folder = dirname(header);
  const candidates: { name: string; size: number }[] = [];
  for (const name of dataBeside(basename(header), await listNames(folder))) {
    const size = await fileSize(join(folder, name));
    if (size !== null) candidates.push({ name, size });
  }
  const fitting = candidates.length > 1 ? candidates.filter(({ size }) => size === bytes) : candidates;
  const [only] = fitting;
  if (fitting.length === 1 && only !== undefined) return join(folder, only.name);
  if (candidates.length > 0) {
    const list = candidates.map(({ name, size }) => `${name} (${size} bytes)`).join(', ');
    throw new DataError(
      'DATA_VARIABLE_AMBIGUOUS',
      `${header}: several files can hold its ${bytes} bytes: ${list}; name the data file itself`,
    );
  }
  const stem = withoutEnding(basename(header));
  const tried = enviDataEndings.map((ending) => `${stem}${ending}`).join(', ');
  throw new DataError('DATA_MISSING', `${header}: the data file is not beside it; looked for ${tried}`);
}

/** Finds header and data file, whichever of them is named.
 * @param bytesOf how large the data file must be, told by the header; used where several could be it.
 * @throws {DataError} `DATA_MISSING`, `DATA_FORMAT`, `DATA_DAMAGED`, `DATA_VARIABLE_AMBIGUOUS`. */
export async function findEnviFiles(
  path: string,
  bytesOf: (header: string, fields: EnviFields) => number,
): Promise<EnviFiles> {
  const size = await fileSize(path);
  if (size === null)
    throw fileError('DATA', path, Object.assign(new Error('no such file'), { code: 'ENOENT' }));
  const beside = enviHeaderBeside(basename(path), await listNames(dirname(path)));
  if (beside !== undefined) {
    const header = join(dirname(path), beside);
    return { header, data: path, fields: await readEnviHeader(header) };
  }
  const fields = await readEnviHeader(path);
  return { header: path, fields, data: await dataOf(path, fields, bytesOf(path, fields)) };
}
