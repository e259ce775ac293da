import { stat } from 'node:fs/promises';
import type { Metadata } from 'h5wasm/node';
import { DataError } from '../../../errors.js';
import { fileNumber, guarded, type Hdf5Module, hdf5 } from './hdf5-library.js';
import type { Hdf5Dataset, Hdf5Handle, Hdf5Listing } from './hdf5-work.js';
import type { StoredType } from '../stored-types.js';

/** Against files whose groups hold each other. */
const deepest = 8;
const mostObjects = 4000;
const longestAttribute = 1 << 16;

/** Attributes that are read: what MATLAB says of the array, and what may be wavelengths. */
const vectorName = /^(wavelengths?|bands|lambda|wl|centers?|wavelengths?_?(nm|um))$/i;

/** HDF5 classes of types, by number. */
const kinds = [
  'integer',
  'float',
  'time',
  'string',
  'bitfield',
  'opaque',
  'compound',
  'reference',
  'enum',
  'variable-length',
  'array',
];

/** Filters that the library brings along: deflate, shuffle, Fletcher's checksum, n-bit, scale and offset. */
const knownFilters = new Set([1, 2, 3, 5, 6]);
const filterNames: Record<number, string> = { 4: 'szip', 32000: 'lzf', 32001: 'blosc', 32015: 'zstd' };

function storedType({ type, size, signed }: Metadata): StoredType | null {
  const bits = size * 8;
  if (type === 0 && [8, 16, 32, 64].includes(bits)) return `${signed ? 'int' : 'uint'}${bits}` as StoredType;
  return type === 1 && [16, 32, 64].includes(bits) ? (`float${bits}` as StoredType) : null;
}

function kindOf(metadata: Metadata, stored: StoredType | null): string {
  const members = metadata.compound_type?.members.map(({ name }) => name) ?? [];
  const complex = members.length === 2 && /^r/.test(members[0] ?? '') && /^i/.test(members[1] ?? '');
  if (complex) return 'complex';
  return stored ?? kinds[metadata.type] ?? 'unknown';
}

/** Lists one file. */
class Lister {
  readonly datasets: Hdf5Dataset[] = [];
  readonly groups: Hdf5Listing['groups'] = [];

  constructor(
    private readonly module: Hdf5Module,
    private readonly file: bigint,
  ) {}

  visit(group: string, depth: number): void {
    for (const name of this.module.get_names(this.file, group, false)) {
      // MATLAB keeps the contents of cells and objects under these names.
      if (group === '/' && /^#(refs|subsystem)#$/.test(name)) continue;
      if (this.datasets.length + this.groups.length >= mostObjects) return;
      const object = group === '/' ? `/${name}` : `${group}/${name}`;
      if (this.module.get_symbolic_link(this.file, object) !== null) continue;
      const type = this.module.get_type(this.file, object);
      if (type === this.module.H5G_DATASET) this.datasets.push(this.dataset(object));
      if (type !== this.module.H5G_GROUP || depth >= deepest) continue;
      this.groups.push({ path: object.slice(1), ...this.attributes(object) });
      this.visit(object, depth + 1);
    }
  }

  private dataset(object: string): Hdf5Dataset {
    const metadata = this.module.get_dataset_metadata(this.file, object);
    const filters = metadata.chunks === null ? [] : this.module.get_dataset_filters(this.file, object);
    const missing = filters.filter(({ id }) => !knownFilters.has(id));
    const isVirtual = metadata.virtual_sources !== undefined;
    const stored = isVirtual || metadata.shape === null ? null : storedType(metadata);
    return {
      path: object.slice(1),
      shape: metadata.shape ?? [],
      stored,
      kind: isVirtual ? 'virtual' : kindOf(metadata, stored),
      chunks: metadata.chunks,
      missingFilters: missing.map(({ id, name }) => filterNames[id] ?? (name || `filter ${id}`)),
      ...this.attributes(object),
    };
  }

  attributes(object: string): Pick<Hdf5Dataset, 'matlabClass' | 'vectors'> {
    const vectors: Record<string, number[]> = {};
    let matlabClass: string | null = null;
    for (const name of this.module.get_attribute_names(this.file, object) as string[]) {
      if (name !== 'MATLAB_class' && !vectorName.test(name)) continue;
      const value = this.attribute(object, name);
      if (name === 'MATLAB_class') matlabClass = typeof value === 'string' ? value : null;
      else if (Array.isArray(value)) vectors[name] = value;
    }
    return { matlabClass, vectors };
  }

  private attribute(object: string, name: string): string | number[] | null {
    const metadata = this.module.get_attribute_metadata(this.file, object, name);
    const bytes = metadata.size * metadata.total_size;
    const stored = storedType(metadata);
    const isText = metadata.type === 3 && !metadata.vlen;
    if ((stored === null && !isText) || stored === 'float16' || !(bytes > 0 && bytes <= longestAttribute))
      return null;
    const place = this.module._malloc(bytes);
    try {
      this.module.get_attribute_data(this.file, object, name, BigInt(place));
      const copy = this.module.HEAPU8.slice(place, place + bytes);
      if (stored === null)
        return Buffer.from(copy)
          .toString('latin1')
          .replace(/[\0 ].*$/s, '');
      return numbersOf(stored, copy);
    } finally {
      this.module._free(place);
    }
  }
}

function numbersOf(stored: StoredType, bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer);
  const width = Number(/\d+$/.exec(stored)?.[0]) / 8;
  const count = bytes.length / width;
  const read: Record<string, (at: number) => number> = {
    int8: (at) => view.getInt8(at),
    uint8: (at) => view.getUint8(at),
    int16: (at) => view.getInt16(at, true),
    uint16: (at) => view.getUint16(at, true),
    int32: (at) => view.getInt32(at, true),
    uint32: (at) => view.getUint32(at, true),
    int64: (at) => Number(view.getBigInt64(at, true)),
    uint64: (at) => Number(view.getBigUint64(at, true)),
    float32: (at) => view.getFloat32(at, true),
    float64: (at) => view.getFloat64(at, true),
  };
  return Array.from({ length: count }, (_, i) => read[stored]?.(i * width) ?? Number.NaN);
}

/** Opens a file and lists its datasets; groups within groups to a bounded depth, links left out.
 * @throws {DataError} `DATA_DAMAGED`, `DATA_UNSUPPORTED`. */
export async function listHdf5(handle: Hdf5Handle): Promise<Hdf5Listing> {
  const module = await hdf5();
  const { size } = await stat(handle.path);
  const file = await fileNumber(handle);
  const lister = new Lister(module, file);
  guarded(handle.path, () => {
    lister.groups.push({ path: '', ...lister.attributes('/') });
    lister.visit('/', 1);
  });
  if (lister.datasets.length + lister.groups.length >= mostObjects) {
    throw new DataError('DATA_UNSUPPORTED', `${handle.path}: more than ${mostObjects} objects in it`);
  }
  return { bytes: size, datasets: lister.datasets, groups: lister.groups };
}
