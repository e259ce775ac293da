import { type Message, noAddress, objectHeader, words } from './hdf5-messages.js';

/** Entries of a tree's node: twice these. */
const groupRank = 16;
const chunkRank = 32;

function treeHead(type: 0 | 1, level: number, entries: number, left: bigint, right: bigint): Buffer {
  const head = Buffer.from(`TREE\0\0\0\0`, 'latin1');
  head[4] = type;
  head[5] = level;
  head.writeUInt16LE(entries, 6);
  return Buffer.concat([head, words(left, right)]);
}

/** An object of the file's only group. */
export interface GroupMember {
  name: string;
  /** Of its header. */
  address: number;
}

/** The root group: its header, where its tree and names are, and everything of it from `address` on. */
export interface Group {
  header: number;
  tree: number;
  names: number;
  /** Entries of a leaf are twice this. */
  leafRank: number;
  bytes: Buffer;
}

/** Lays out the root group at an address. Its members stand in one leaf, sorted by name. */
export function rootGroup(members: readonly GroupMember[], address: number): Group {
  const sorted = [...members].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const leafRank = Math.max(4, Math.ceil(sorted.length / 2));
  const texts = sorted.map(({ name }) =>
    Buffer.from(name.padEnd(Math.ceil((name.length + 1) / 8) * 8, '\0')),
  );
  // The heap of names starts with the empty one.
  const offsets = texts.map((_, i) => 8 + texts.slice(0, i).reduce((sum, text) => sum + text.length, 0));
  const heapData = Buffer.concat([Buffer.alloc(8), ...texts]);
  const header = address;
  const tree = header + 40;
  const names = tree + 24 + (4 * groupRank + 1) * 8;
  const leaf = names + 32 + heapData.length;
  const message: Message = { type: 0x11, body: words(tree, names) };
  const node = Buffer.alloc((4 * groupRank + 1) * 8);
  words(0, leaf, offsets.at(-1) ?? 0).copy(node);
  // No free space is left in the heap: 1 says so.
  const heap = Buffer.concat([Buffer.from('HEAP\0\0\0\0', 'latin1'), words(heapData.length, 1, names + 32)]);
  const leafHead = Buffer.from('SNOD\x01\0\0\0', 'latin1');
  leafHead.writeUInt16LE(sorted.length, 6);
  const leafBody = Buffer.alloc(2 * leafRank * 40);
  sorted.forEach((member, i) => {
    words(offsets[i] ?? 0, member.address).copy(leafBody, i * 40);
  });
  const bytes = Buffer.concat([
    objectHeader([message]),
    treeHead(0, 0, 1, noAddress, noAddress),
    node,
    heap,
    heapData,
    leafHead,
    leafBody,
  ]);
  return { header, tree, names, leafRank, bytes };
}

/** The first bytes of the file's HDF5 part. `base`: where it starts; `end`: where the file ends. */
export function superblock({ header, tree, names, leafRank }: Group, base: number, end: number): Buffer {
  const start = Buffer.from('\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0\0\0\0\0\0\0\0\0', 'latin1');
  start.writeUInt16LE(leafRank, 16);
  start.writeUInt16LE(groupRank, 18);
  return Buffer.concat([start, words(base, noAddress, end, noAddress), words(0, header, 1, tree, names)]);
}

/** A stored chunk: its first indices, and where it is. */
export interface StoredChunk {
  start: readonly number[];
  address: number;
  bytes: number;
}

/** A key of the chunks' tree: what a chunk's first indices are, and how many bytes it has. */
function key(start: readonly number[], bytes: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(bytes, 0);
  return Buffer.concat([head, words(...start, 0)]);
}

interface Node {
  /** Of the first chunk below it. */
  start: readonly number[];
  bytes: number;
  address: number;
}

/** The tree that finds chunks, laid out from `address` on; the last of its nodes is the root. */
export function chunkTree(
  chunks: readonly StoredChunk[],
  chunk: readonly number[],
  address: number,
): { root: number; bytes: Buffer } {
  const byPlace = (a: StoredChunk, b: StoredChunk) => {
    const axis = a.start.findIndex((first, i) => first !== b.start[i]);
    return (a.start[axis] ?? 0) - (b.start[axis] ?? 0);
  };
  let below: Node[] = [...chunks].sort(byPlace);
  // Beyond all chunks.
  const last = below.at(-1)?.start ?? [];
  const end = key(
    last.map((first, axis) => first + (chunk[axis] ?? 0)),
    0,
  );
  const keyBytes = 8 + (chunk.length + 1) * 8;
  const nodeBytes = 24 + 2 * chunkRank * 8 + (2 * chunkRank + 1) * keyBytes;
  const nodes: Buffer[] = [];
  for (let level = 0; ; level++) {
    const count = Math.ceil(below.length / (2 * chunkRank));
    const first = address + nodes.length * nodeBytes;
    const place = (i: number) => (i < 0 || i >= count ? noAddress : BigInt(first + i * nodeBytes));
    const made: Node[] = [];
    for (let i = 0; i < count; i++) {
      const children = below.slice(i * 2 * chunkRank, (i + 1) * 2 * chunkRank);
      const next = below[(i + 1) * 2 * chunkRank];
      const entries = children.flatMap((child) => [key(child.start, child.bytes), words(child.address)]);
      const body = Buffer.concat([
        treeHead(1, level, children.length, place(i - 1), place(i + 1)),
        ...entries,
        next === undefined ? end : key(next.start, next.bytes),
      ]);
      nodes.push(Buffer.concat([body, Buffer.alloc(nodeBytes - body.length)]));
      made.push({
        start: children[0]?.start ?? [],
        bytes: children[0]?.bytes ?? 0,
        address: Number(place(i)),
      });
    }
    const [root] = made;
    if (made.length === 1 && root !== undefined) return { root: root.address, bytes: Buffer.concat(nodes) };
    below = made;
  }
}
