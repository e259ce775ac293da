import type { AxisOrder, WholeWindow } from '../format.js';
import type { CubeDType } from '../../cube.js';
import type { StoredType } from '../stored-types.js';

/** An open HDF5 file, as both threads call it: the number is the asking side's. */
export interface Hdf5Handle {
  id: number;
  path: string;
}

/** A dataset of an HDF5 file, as the file describes it. */
export interface Hdf5Dataset {
  /** Without the leading slash. */
  path: string;
  /** In the file's own order: the last index changes fastest. */
  shape: number[];
  /** How numbers are stored; null for anything else. */
  stored: StoredType | null;
  /** What else it is: `string`, `compound`, `complex`, ...; for numbers the stored type. */
  kind: string;
  chunks: number[] | null;
  /** Filters that this reader lacks. */
  missingFilters: string[];
  /** Attribute `MATLAB_class`, where there is one: `single`, `char`, `cell`, ... */
  matlabClass: string | null;
  /** Attributes that may hold wavelengths. */
  vectors: Record<string, number[]>;
}

/** Everything of a file but its values. */
export interface Hdf5Listing {
  bytes: number;
  datasets: Hdf5Dataset[];
  /** Groups: MATLAB's structs among them. */
  groups: { path: string; matlabClass: string | null; vectors: Record<string, number[]> }[];
}

/** How a dataset is a cube: its axes in the file's order. */
export interface Hdf5Cube {
  dataset: string;
  stored: StoredType;
  axes: AxisOrder;
  /** Sizes of these axes. */
  shape: [number, number, number];
  /** Width and height are one axis in the file, the columns following each other. */
  folded: boolean;
  chunks: number[] | null;
  dtype: CubeDType;
}

/** What the HDF5 thread does. */
export interface Hdf5Work {
  /** Opens the file and lists it. */
  list(file: Hdf5Handle): Promise<Hdf5Listing>;
  /** A window, `[bands, height, width]`. */
  read(
    request: { file: Hdf5Handle; cube: Hdf5Cube; window: WholeWindow },
    progress: () => void,
  ): Promise<ArrayBufferView>;
  /** All of a small dataset, as doubles, in the file's order. */
  numbers(request: {
    file: Hdf5Handle;
    dataset: string;
    stored: StoredType;
    count: number;
  }): Promise<Float64Array>;
  close(file: Hdf5Handle): Promise<void>;
}
