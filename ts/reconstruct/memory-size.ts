import { ConfigError } from '../errors.js';

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  kib: 2 ** 10,
  kb: 1e3,
  m: 2 ** 20,
  mib: 2 ** 20,
  mb: 1e6,
  g: 2 ** 30,
  gib: 2 ** 30,
  gb: 1e9,
  t: 2 ** 40,
  tib: 2 ** 40,
  tb: 1e12,
};

/** Bytes of a size such as `2GiB`, `1.5g`, `800MB` or a number of bytes; K, M, G and T alone are powers of 1024.
 * @throws {ConfigError} `CONFIG_MEMORY`, naming the option, for anything else, and below `least`. */
export function bytesOfSize(option: string, size: string | number, least: number): number {
  const [, digits = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(size)) ?? [];
  const scale = units[unit.toLowerCase()];
  const bytes = digits === '' || scale === undefined ? Number.NaN : Number(digits) * scale;
  if (bytes >= least) return bytes;
  const limit = least > 0 ? ` of at least ${least / 2 ** 20}MiB` : '';
  throw new ConfigError(
    'CONFIG_MEMORY',
    `${option} is '${size}': expected a size${limit}, such as 2GiB, 800MB or a number of bytes`,
  );
}

/** Bytes of the option `memory`, as {@link bytesOfSize}.
 * @throws {ConfigError} `CONFIG_MEMORY`, also below 16 MiB. */
export function memoryBytes(size: string | number): number {
  return bytesOfSize('memory', size, 2 ** 24);
}

/** Bytes in words for people: `1.5 GiB`, `300 MiB`, `12 KiB`. */
export function sizeInWords(bytes: number): string {
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  if (bytes >= 2 ** 20) return `${Math.round(bytes / 2 ** 20)} MiB`;
  return `${Math.ceil(bytes / 2 ** 10)} KiB`;
}
