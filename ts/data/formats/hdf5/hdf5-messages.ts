import type { CubeDType } from '../../cube.js';

/** The pieces of HDF5's file format that we write: that of its first version, which MATLAB writes and every reader knows.
 * Numbers are little-endian; addresses count from the start of HDF5's part of the file. */

/** "There is none" of an address. */
export const noAddress = 0xffffffffffffffffn;

/** What a dataset's values are. */
export type Hdf5Type = CubeDType | 'uint64' | { text: number };

/** One message of an object's header. */
export interface Message {
  type: number;
  body: Buffer;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
}

/** 64-bit numbers, one after the other. */
export function words(...values: readonly (number | bigint)[]): Buffer {
  const buffer = Buffer.alloc(values.length * 8);
  values.forEach((value, i) => {
    buffer.writeBigUInt64LE(BigInt(value), i * 8);
  });
  return buffer;
}

/** Bits of a floating-point type: exponent and mantissa, and the exponent's bias. */
const floats = {
  float32: { bits: 32, exponent: 8, mantissa: 23, bias: 127 },
  float64: { bits: 64, exponent: 11, mantissa: 52, bias: 1023 },
} as const;

/** A type as headers and attributes describe it. */
export function typeMessage(type: Hdf5Type): Message {
  if (typeof type === 'object') {
    // Fixed length, ended by its length alone, ASCII.
    const body = Buffer.from([0x13, 0, 0, 0, 0, 0, 0, 0]);
    body.writeUInt32LE(type.text, 4);
    return { type: 0x03, body };
  }
  if (type === 'float32' || type === 'float64') {
    const { bits, exponent, mantissa, bias } = floats[type];
    const body = Buffer.alloc(20);
    // Class 1; the mantissa's first bit is implied; the sign is the highest bit.
    body.set([0x11, 0x20, bits - 1, 0, bits / 8], 0);
    body.writeUInt16LE(bits, 10);
    body.set([mantissa, exponent, 0, mantissa], 12);
    body.writeUInt32LE(bias, 16);
    return { type: 0x03, body };
  }
  const bits = Number(/\d+$/.exec(type)?.[0]);
  const body = Buffer.alloc(12);
  body.set([0x10, type.startsWith('u') ? 0 : 8, 0, 0, bits / 8], 0);
  body.writeUInt16LE(bits, 10);
  return { type: 0x03, body };
}

/** Sizes; none for a single value. */
export function spaceMessage(shape: readonly number[]): Message {
  return {
    type: 0x01,
    body: Buffer.concat([Buffer.from([1, shape.length, 0, 0, 0, 0, 0, 0]), words(...shape)]),
  };
}

/** Places that were never written read as zero. `chunked`: they are made as they are needed. */
export function fillMessage(chunked: boolean): Message {
  return { type: 0x05, body: Buffer.from([2, chunked ? 3 : 2, 2, 1, 0, 0, 0, 0]) };
}

/** Values in one piece. */
export function contiguousMessage(address: number, bytes: number): Message {
  return { type: 0x08, body: Buffer.concat([Buffer.from([3, 1]), words(address, bytes)]) };
}

/** Values in chunks, found through a tree. */
export function chunkedMessage(tree: number, chunk: readonly number[], width: number): Message {
  const sizes = Buffer.alloc((chunk.length + 1) * 4);
  [...chunk, width].forEach((size, i) => {
    sizes.writeUInt32LE(size, i * 4);
  });
  return { type: 0x08, body: Buffer.concat([Buffer.from([3, 2, chunk.length + 1]), words(tree), sizes]) };
}

/** Bytes shuffled by their place in the value, then deflated. */
export function filterMessage(width: number, level: number): Message {
  const filter = (id: number, value: number) => {
    const body = Buffer.alloc(16);
    // No name; may be skipped where it does not apply; one parameter, and padding.
    [id, 0, 1, 1].forEach((field, i) => {
      body.writeUInt16LE(field, i * 2);
    });
    body.writeUInt32LE(value, 8);
    return body;
  };
  return {
    type: 0x0b,
    body: Buffer.concat([Buffer.from([1, 2, 0, 0, 0, 0, 0, 0]), filter(2, width), filter(1, level)]),
  };
}

/** An attribute of one value. */
export function attributeMessage(name: string, type: Hdf5Type, value: Buffer): Message {
  const named = Buffer.from(`${name}\0`, 'latin1');
  const [kind, space] = [typeMessage(type).body, spaceMessage([]).body];
  const head = Buffer.alloc(8);
  head[0] = 1;
  head.writeUInt16LE(named.length, 2);
  head.writeUInt16LE(kind.length, 4);
  head.writeUInt16LE(space.length, 6);
  return { type: 0x0c, body: Buffer.concat([head, padded(named), padded(kind), padded(space), value]) };
}

/** The header of a dataset or group. */
export function objectHeader(messages: readonly Message[]): Buffer {
  const bodies = messages.map(({ type, body }) => {
    const whole = padded(body);
    const head = Buffer.alloc(8);
    head.writeUInt16LE(type, 0);
    head.writeUInt16LE(whole.length, 2);
    return Buffer.concat([head, whole]);
  });
  const all = Buffer.concat(bodies);
  const prefix = Buffer.alloc(16);
  prefix[0] = 1;
  prefix.writeUInt16LE(messages.length, 2);
  prefix.writeUInt32LE(1, 4);
  prefix.writeUInt32LE(all.length, 8);
  return Buffer.concat([prefix, all]);
}
