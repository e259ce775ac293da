import { DataError } from '../../../errors.js';
import { RandomAccessFile } from '../../../io/file.js';

/** Values of an ENVI header by key (lower case, single blanks): a text, or the items of a list in braces. */
export type EnviFields = ReadonlyMap<string, string>;

/** A header is text; 100,000 bands with names and wavelengths stay far below. */
const largestHeader = 1 << 24;
/** A line that starts with it is left out. */
const comment = ';';

/** Whether a file's first line is that of an ENVI header. */
export function isEnviHeader(firstBytes: Uint8Array): boolean {
  const start = Buffer.from(firstBytes.buffer, firstBytes.byteOffset, Math.min(firstBytes.byteLength, 64));
  return /^(\xef\xbb\xbf)?ENVI[ \t]*(\r|\n|$)/.test(start.toString('latin1'));
}

/** Reads the fields of a header. The first line is `ENVI`; then `key = value`, where a value in braces may go over several
 * lines. Braces are kept: they tell a list or a long text from a plain value. Of a key that stands there twice the last
 * value holds.
 * @throws {DataError} `DATA_FORMAT`, `DATA_DAMAGED`. */
export function parseEnviHeader(file: string, text: string): EnviFields {
  const [first = '', ...lines] = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  if (first.trimEnd() !== 'ENVI') {
    throw new DataError('DATA_FORMAT', `${file}: no ENVI header: its first line is not 'ENVI'`);
  }
  const fields = new Map<string, string>();
  /** The key whose braces are open, and what stood in them so far. */
  let open: { key: string; parts: string[] } | null = null;
  for (const line of lines) {
    if (line.trimStart().startsWith(comment)) continue;
    const equals = line.indexOf('=');
    if (open === null && equals < 0) continue;
    const value: string = open === null ? line.slice(equals + 1).trim() : line.trim();
    open ??= { key: line.slice(0, equals).trim().toLowerCase().replace(/\s+/g, ' '), parts: [] };
    open.parts.push(value);
    const isOpen: boolean = open.parts[0]?.startsWith('{') === true && !value.includes('}');
    if (isOpen) continue;
    fields.set(open.key, open.parts.join('\n').replace(/\}[^}]*$/, '}'));
    open = null;
  }
  if (open === null) return fields;
  throw new DataError('DATA_DAMAGED', `${file}: the braces of '${open.key}' are never closed`);
}

/** Reads a header file.
 * @throws as {@link parseEnviHeader}, and {@link RandomAccessFile.open}. */
export async function readEnviHeader(path: string): Promise<EnviFields> {
  return RandomAccessFile.use(path, 'DATA', async (file) => {
    const start = await file.readUpTo(0, 64);
    if (!isEnviHeader(start)) {
      throw new DataError('DATA_FORMAT', `${path}: no ENVI header: its first line is not 'ENVI'`);
    }
    if (file.size > largestHeader) {
      throw new DataError(
        'DATA_DAMAGED',
        `${path}: ${file.size} bytes are too many for an ENVI header (at most ${largestHeader})`,
      );
    }
    return parseEnviHeader(path, (await file.read(0, file.size, 'the header')).toString('utf8'));
  });
}

/** A value without its braces and the blanks around it; undefined where the key is missing or has no value. */
export function enviText(fields: EnviFields, key: string): string | undefined {
  const text = fields.get(key)?.replace(/^\{/, '').replace(/\}$/, '').trim();
  return text === '' ? undefined : text;
}

/** The items of a list; null where the key is missing. */
export function enviList(fields: EnviFields, key: string): string[] | null {
  const text = enviText(fields, key);
  return text === undefined ? null : text.split(',').map((item) => item.trim().replace(/\s+/g, ' '));
}

/** The numbers of a list; null where the key is missing or an item is no number. */
export function enviNumbers(fields: EnviFields, key: string): number[] | null {
  const numbers = enviList(fields, key)?.map((item) => (item === '' ? Number.NaN : Number(item)));
  return numbers?.every((value) => !Number.isNaN(value)) ? numbers : null;
}

/** A whole number of at least 0.
 * @param fallback what it is where the key is missing; without one the key must be there.
 * @throws {DataError} `DATA_DAMAGED`. */
export function enviCount(file: string, fields: EnviFields, key: string, fallback?: number): number {
  const text = enviText(fields, key);
  if (text === undefined && fallback !== undefined) return fallback;
  if (text !== undefined && /^\+?\d{1,15}$/.test(text)) return Number(text);
  const found = text === undefined ? 'is missing' : `is '${text.slice(0, 40)}'`;
  throw new DataError('DATA_DAMAGED', `${file}: '${key}' ${found}; a whole number was expected`);
}
