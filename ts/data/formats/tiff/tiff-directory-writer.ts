/** A tag to be written. Texts end with a zero. */
export type TiffTag = { tag: number } & (
  | { type: 'short' | 'long' | 'offset' | 'double'; values: readonly number[] | Float64Array }
  | { type: 'text'; text: string }
);

const shortType = 3;
const longType = 4;
const textType = 2;
const doubleType = 12;
const longLongType = 16;

/** A tag's values as bytes, with the number of its type and how many there are. */
function encoded(tag: TiffTag, big: boolean): { type: number; count: number; bytes: Buffer } {
  if (tag.type === 'text') {
    const bytes = Buffer.from(`${tag.text}\0`, 'utf8');
    return { type: textType, count: bytes.length, bytes };
  }
  const { values } = tag;
  const count = values.length;
  if (tag.type === 'short') {
    const bytes = Buffer.alloc(count * 2);
    values.forEach((value, i) => {
      bytes.writeUInt16LE(value, i * 2);
    });
    return { type: shortType, count, bytes };
  }
  if (tag.type === 'double') {
    const bytes = Buffer.alloc(count * 8);
    values.forEach((value, i) => {
      bytes.writeDoubleLE(value, i * 8);
    });
    return { type: doubleType, count, bytes };
  }
  const wide = tag.type === 'offset' && big;
  const bytes = Buffer.alloc(count * (wide ? 8 : 4));
  values.forEach((value, i) => {
    if (wide) bytes.writeBigUInt64LE(BigInt(value), i * 8);
    else bytes.writeUInt32LE(value, i * 4);
  });
  return { type: wide ? longLongType : longType, count, bytes };
}

/** The first bytes of a file, little-endian, with the place of its directory. */
export function tiffHeader(directoryAt: number, big: boolean): Buffer {
  if (!big) {
    const header = Buffer.from('II*\0\0\0\0\0', 'latin1');
    header.writeUInt32LE(directoryAt, 4);
    return header;
  }
  const header = Buffer.from('II+\0\x08\0\0\0', 'latin1');
  const place = Buffer.alloc(8);
  place.writeBigUInt64LE(BigInt(directoryAt));
  return Buffer.concat([header, place]);
}

/** A directory at `address`, with the values that do not fit into it after it. */
export function tiffDirectory(tags: readonly TiffTag[], address: number, big: boolean): Buffer {
  const sorted = [...tags].sort((a, b) => a.tag - b.tag);
  const inline = big ? 8 : 4;
  const entryBytes = big ? 20 : 12;
  const countBytes = big ? 8 : 2;
  const head = Buffer.alloc(countBytes + sorted.length * entryBytes + inline);
  if (big) head.writeBigUInt64LE(BigInt(sorted.length));
  else head.writeUInt16LE(sorted.length);
  const number = (value: number, at: number) => {
    if (big) head.writeBigUInt64LE(BigInt(value), at);
    else head.writeUInt32LE(value, at);
  };
  const after: Buffer[] = [];
  let end = address + head.length;
  sorted.forEach((tag, i) => {
    const { type, count, bytes } = encoded(tag, big);
    const at = countBytes + i * entryBytes;
    head.writeUInt16LE(tag.tag, at);
    head.writeUInt16LE(type, at + 2);
    number(count, at + 4);
    if (bytes.length <= inline) {
      bytes.copy(head, at + 4 + inline);
      return;
    }
    number(end, at + 4 + inline);
    const padded = Buffer.concat([bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
    after.push(padded);
    end += padded.length;
  });
  return Buffer.concat([head, ...after]);
}
