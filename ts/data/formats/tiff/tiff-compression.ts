/** Compressions by their number. */
const names: Record<number, string> = {
  1: 'none',
  2: 'CCITT',
  3: 'CCITT fax 3',
  4: 'CCITT fax 4',
  5: 'LZW',
  6: 'old JPEG',
  7: 'JPEG',
  8: 'deflate',
  32773: 'PackBits',
  32946: 'deflate',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34925: 'LZMA',
  50000: 'Zstandard',
  50001: 'WebP',
  50002: 'JPEG XL',
};

const read = new Set([1, 5, 7, 8, 32773, 32946, 50000]);

/** Whether a compression is read. */
export function isRead(compression: number): boolean {
  return read.has(compression);
}

/** What a compression is called. */
export function compressionName(compression: number): string {
  return names[compression] ?? `number ${compression}`;
}

/** Bytes that one byte can become at most: what claims are held against. */
export function mostExpansion(compression: number): number {
  if (compression === 1) return 1;
  if (compression === 8 || compression === 32946) return 1032;
  if (compression === 32773) return 64;
  // LZW at its longest codes; the others can say "all the same" of a whole segment.
  return compression === 5 ? 4096 : 65536;
}
