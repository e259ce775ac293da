import { endianness } from 'node:os';
import { AtomicFile } from '../../../io/atomic-write.js';
import type { CubeDType } from '../../cube.js';
import type { CubePlan, CubeWriter, WriteCubeOptions } from '../format.js';
import { rawWriter } from '../raw-writer.js';

const types: Record<CubeDType, string> = {
  uint8: 'u1',
  uint16: 'u2',
  int16: 'i2',
  int32: 'i4',
  float32: 'f4',
  float64: 'f8',
};
/** Values start at a multiple of it, as NumPy has it. */
const alignment = 64;

/** The header of a `.npy` of version 1, in C order and this machine's byte order. */
export function npyHead(dtype: CubeDType, shape: readonly number[]): Buffer {
  const order = dtype === 'uint8' ? '|' : endianness() === 'LE' ? '<' : '>';
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dict = `{'descr': '${order}${types[dtype]}', 'fortran_order': False, 'shape': (${axes}), }`;
  const length = Math.ceil((10 + dict.length + 1) / alignment) * alignment;
  const head = Buffer.alloc(length, ' ');
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(length - 10, 8);
  head.write(dict, 10, 'latin1');
  head.write('\n', length - 1, 'latin1');
  return head;
}

/** Begins a `.npy`: `[H, W, B]`, C order. Wavelengths and texts have no place in it.
 * @throws {DataError} `DATA_WRITE`. @throws {RunError} `RUN_DISK_FULL`. */
export async function createNpy(
  path: string,
  plan: CubePlan,
  _options: WriteCubeOptions,
): Promise<CubeWriter> {
  const head = npyHead(plan.dtype, [plan.height, plan.width, plan.bands]);
  return rawWriter(plan, { file: await AtomicFile.open(path), interleave: 'bip' }, head);
}
