import { open as openFile } from 'node:fs/promises';
import { DataError } from '../../../errors.js';
import { RandomAccessFile } from '../../../io/file.js';
import { wavelengthNames, type StoredArray } from '../cube-choice.js';
import {
  type AxisOrder,
  type CubeFormat,
  type CubeReader,
  type ReadCubeOptions,
  settleWindow,
} from '../format.js';
import { Hdf5File } from './hdf5-file.js';
import type { Hdf5Cube, Hdf5Dataset, Hdf5Listing } from './hdf5-work.js';
import { type Described, describeMatCube } from '../mat/mat-describe.js';
import { createMat73 } from './mat73-writer.js';
import { dtypeOfStored, type StoredType } from '../stored-types.js';

/** A dataset as an array to choose from; its shape as MATLAB or, in other files, as HDF5 has it. */
interface Hdf5Array extends StoredArray {
  dataset: Hdf5Dataset;
}

/** The first words of a v7.3 file. */
const matlabWords = 'MATLAB 7.3';

/** Files of MATLAB's list the axes the other way round: told by what it notes at each of its arrays, or by its header. */
async function isMatlabs(path: string, { datasets, groups }: Hdf5Listing): Promise<boolean> {
  if ([...datasets, ...groups].some(({ matlabClass }) => matlabClass !== null)) return true;
  const words = await RandomAccessFile.use(path, 'DATA', (file) => file.readUpTo(0, matlabWords.length));
  return words.toString('latin1') === matlabWords;
}

function arraysOf(listing: Hdf5Listing, matlab: boolean): Hdf5Array[] {
  const arrays = listing.datasets.map((dataset): Hdf5Array => {
    const { path, shape, stored, kind, matlabClass } = dataset;
    const isText = matlabClass === 'char' || matlabClass === 'cell' || kind === 'string';
    return {
      name: path,
      type: matlabClass ?? kind,
      shape: matlab ? [...shape].reverse() : shape,
      numeric: (stored !== null || kind === 'complex') && !isText,
      logical: matlabClass === 'logical' || kind === 'enum',
      complex: kind === 'complex',
      dataset,
    };
  });
  const structs = listing.groups.flatMap(({ path, matlabClass, vectors }): Hdf5Array[] => {
    // Other groups are but parts of the paths of what is in them.
    if (path === '' || matlabClass === null) return [];
    const nothing = { stored: null, chunks: null, missingFilters: [], shape: [] };
    const dataset = { path, kind: 'group', matlabClass, vectors, ...nothing };
    const not = { numeric: false, logical: false, complex: false };
    return [{ name: path, type: matlabClass, shape: [1, 1], ...not, dataset }];
  });
  return [...arrays, ...structs];
}

function storedOf(file: string, { path, stored, kind }: Hdf5Dataset): StoredType {
  if (stored !== null) return stored;
  throw new DataError(
    'DATA_TYPE',
    `${file}: '${path}' holds values of type ${kind}; a cube is an array of numbers`,
  );
}

/** Wavelengths among the attributes of the array, of its group, or of the file. */
function attached({ groups }: Hdf5Listing, { dataset }: Hdf5Array): number[] | null {
  const group = dataset.path.replace(/\/?[^/]*$/, '');
  const places = [dataset, ...groups.filter(({ path }) => path === group || path === '')];
  const named = (vectors: Record<string, number[]>) =>
    Object.entries(vectors).sort(([a], [b]) => rank(a) - rank(b));
  const rank = (name: string) => {
    const place = wavelengthNames.indexOf(name.toLowerCase());
    return place < 0 ? wavelengthNames.length : place;
  };
  return places.flatMap(({ vectors }) => named(vectors).map(([, values]) => values))[0] ?? null;
}

async function describe(
  file: Hdf5File,
  options: ReadCubeOptions,
): Promise<Described<Hdf5Array> & { matlab: boolean }> {
  const { listing, path } = file;
  const matlab = await isMatlabs(path, listing);
  const { variable, ...rest } = options;
  const chosen = variable === undefined ? rest : { ...rest, variable: variable.replace(/^\/+|\/+$/g, '') };
  const found = await describeMatCube(
    {
      path,
      format: 'mat73',
      arrays: arraysOf(listing, matlab),
      order: matlab ? 'matlab' : 'c',
      dtypeOf: ({ dataset }) => dtypeOfStored(storedOf(path, dataset)),
      numbersOf: async ({ dataset }) => {
        file.check(dataset);
        return file.numbers({ ...dataset, stored: storedOf(path, dataset) });
      },
      attached: (array) => attached(listing, array),
    },
    chosen,
  );
  return { ...found, matlab };
}

/** The chosen cube as the HDF5 thread reads it. */
function hdf5Cube(path: string, found: Described<Hdf5Array>, matlab: boolean): Hdf5Cube {
  const { info, array, layout, order } = found;
  const { dataset } = array;
  if (order === null && !matlab) {
    throw new DataError(
      'DATA_RANK',
      `${path}: '${array.name}' has its pixels in one axis, in an order that is not known`,
    );
  }
  const sizes = { b: layout.bands, h: layout.height, w: layout.width };
  const listed = order ?? flatOrder(array, layout.bands);
  const axes = (matlab ? [...listed].reverse().join('') : listed) as AxisOrder;
  const [first, second, third] = [...axes].map((axis) => sizes[axis as 'b' | 'h' | 'w']);
  return {
    dataset: dataset.path,
    stored: storedOf(path, dataset),
    axes,
    shape: [first ?? 0, second ?? 0, third ?? 0],
    folded: order === null,
    chunks: dataset.chunks,
    dtype: info.dtype,
  };
}

/** Pixels in one axis follow each other column by column. */
function flatOrder({ shape }: Hdf5Array, bands: number): AxisOrder {
  return shape[0] === bands ? 'bhw' : 'hwb';
}

/** Columns lie together where rows are the faster of the two. */
function linesOf({ axes }: Hdf5Cube): 'rows' | 'columns' {
  return axes.indexOf('h') > axes.indexOf('w') ? 'columns' : 'rows';
}

async function open(path: string, options: ReadCubeOptions): Promise<CubeReader> {
  const file = await Hdf5File.open(path);
  try {
    const found = await describe(file, options);
    file.check(found.array.dataset);
    const cube = hdf5Cube(path, found, found.matlab);
    const { info } = found;
    return {
      info,
      lines: linesOf(cube),
      read: async (window) => file.read(cube, settleWindow(info, window)),
      close: () => file.close(),
    };
  } catch (cause) {
    await file.close();
    throw cause;
  }
}

const signature = '\x89HDF\r\n\x1a\n';
/** Where HDF5's own part may begin: after nothing, MATLAB's header, or longer blocks of somebody else's. */
const userBlocks = [0, 512, 1024, 2048, 4096];

async function sniff(path: string, firstBytes: Uint8Array | null): Promise<boolean> {
  if (firstBytes === null) return false;
  const isAt = (bytes: Uint8Array, at: number) =>
    Buffer.from(bytes.subarray(at, at + signature.length)).toString('latin1') === signature;
  const near = userBlocks.filter((at) => at + signature.length <= firstBytes.length);
  if (near.some((at) => isAt(firstBytes, at))) return true;
  // A truncated v7.3 file is still one: it says so in its first words.
  if (Buffer.from(firstBytes.subarray(0, matlabWords.length)).toString('latin1') === matlabWords) return true;
  const handle = await openFile(path, 'r');
  try {
    for (const at of userBlocks.filter((place) => !near.includes(place))) {
      const bytes = new Uint8Array(signature.length);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, at);
      if (bytesRead === bytes.length && isAt(bytes, 0)) return true;
    }
    return false;
  } finally {
    await handle.close();
  }
}

/** MATLAB v7.3 (`save -v7.3`) and other HDF5 files. Arrays of MATLAB's are listed in MATLAB's order of axes, which is the
 * reverse of HDF5's; those of files without MATLAB's notes in HDF5's own. An array inside a group is named by its path,
 * `group/cube`. Windows are read by the file's own chunks. ICVL's cubes are of this kind: `rad` lists [H, W, B] in MATLAB,
 * its scenes lie on their side in the published files, and are not turned. */
export const mat73: CubeFormat = {
  id: 'mat73',
  word: 'mat73',
  title: 'MATLAB v7.3 and HDF5',
  extensions: ['.mat', '.h5', '.hdf5', '.hdf', '.he5'],
  loses: ['badBands', 'ignoreValue', 'georeference'],
  sniff,
  open,
  create: createMat73,
};
