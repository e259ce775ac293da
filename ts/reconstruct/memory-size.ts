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
};

/** Bytes of a size such as `2GiB`, `1.5g`, `800MB` or a number of bytes; K, M and G alone are powers of 1024.
 * @throws {ConfigError} `CONFIG_MEMORY` for anything else, and below 16 MiB. */
export function memoryBytes(size: string | number): number {
  const [, digits = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(size)) ?? [];
  const scale = units[unit.toLowerCase()];
  const bytes = digits === '' || scale === undefined ? Number.NaN : Number(digits) * scale;
  if (bytes >= 2 ** 24) return bytes;
  throw new ConfigError(
    'CONFIG_MEMORY',
    `memory is '${size}': expected a size of at least 16MiB, such as 2GiB, 800MB or a number of bytes`,
  );
}
