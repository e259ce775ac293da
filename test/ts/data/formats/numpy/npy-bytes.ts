/** A `.npy` as NumPy writes it, of any version. */
export function npyBytes(dict: string, values: Uint8Array = new Uint8Array(), version = 1): Buffer {
  const text = Buffer.from(`${dict}\n`, 'utf8');
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(text.length);
  else length.writeUInt32LE(text.length);
  const magic = Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0`, 'latin1');
  return Buffer.concat([magic, length, text, values]);
}

/** The literal dict of a header. */
export function dictOf(descr: string, order: 'True' | 'False', shape: readonly number[]): string {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  return `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${axes}), }   `;
}
