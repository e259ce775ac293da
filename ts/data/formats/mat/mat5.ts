import { RandomAccessFile } from '../../../io/file.js';
import type { CubeDType, CubeValues } from '../../cube.js';
import {
  type CubeFormat,
  type CubeReader,
  type CubeWindow,
  type ReadCubeOptions,
  settleWindow,
} from '../format.js';
import { type Described, describeMatCube } from './mat-describe.js';
import { storage, storedTypeOf } from './mat5-elements.js';
import {
  listMat5,
  locateMat5Values,
  type Mat5Values,
  type Mat5Variable,
  readMat5Numbers,
} from './mat5-variables.js';
import { createMat5 } from './mat5-writer.js';
import { dtypeOfStored, type StoredType } from '../stored-types.js';
import { readStrided } from '../strided.js';

/** Integer classes keep their type. MATLAB stores doubles that are all whole as the smallest integer that fits: those
 * stay integers too, as the values are, where a cube's dtype can be that narrow. */
function dtypeOfVariable({ type, stored }: Mat5Variable): CubeDType {
  if (type !== 'double' && type !== 'single') return dtypeOfStored(type as StoredType);
  const narrow = dtypeOfStored(storedTypeOf(stored) ?? 'float64');
  return narrow === 'int32' ? 'float64' : narrow;
}

async function describe(file: RandomAccessFile, options: ReadCubeOptions): Promise<Described<Mat5Variable>> {
  const variables = await listMat5(file);
  return describeMatCube(
    {
      path: file.path,
      format: 'mat5',
      arrays: variables,
      order: 'matlab',
      dtypeOf: dtypeOfVariable,
      numbersOf: (variable) => readMat5Numbers(file, variable),
    },
    options,
  );
}

/** Doubles that MATLAB stored as integers but that only hold 0 and 1 are already at full scale. */
async function holdsOnlyUnits(cube: () => Promise<CubeValues>, array: Mat5Variable): Promise<boolean> {
  const byte = array.stored === storage.uint8 || array.stored === storage.int8;
  const shrunk = (array.type === 'double' || array.type === 'single') && byte;
  return shrunk && (await cube()).every((value) => value <= 1);
}

async function open(path: string, options: ReadCubeOptions): Promise<CubeReader> {
  const file = await RandomAccessFile.open(path, 'DATA');
  try {
    const { info, array, layout } = await describe(file, options);
    // Unpacked when values are first asked for, and then kept.
    let place: Promise<Mat5Values> | undefined;
    const read = async (window?: CubeWindow): Promise<CubeValues> => {
      const whole = settleWindow(info, window);
      place ??= locateMat5Values(file, array);
      const { source, stored, start } = await place;
      const cube = { ...layout, stored, start, littleEndian: array.littleEndian };
      return readStrided(source, cube, whole, info.dtype);
    };
    if (options.fullScale === undefined && (await holdsOnlyUnits(read, array))) info.fullScale = 1;
    const lines = layout.strides.columns > layout.strides.rows ? 'columns' : 'rows';
    return { info, lines, read, close: () => file.close() };
  } catch (cause) {
    await file.close();
    throw cause;
  }
}

/** MATLAB v5 (`save -v6`, `-v7`, scipy's `savemat`): all numeric classes, compressed or not, both byte orders. */
export const mat5: CubeFormat = {
  id: 'mat5',
  word: 'mat',
  title: 'MATLAB v5',
  extensions: ['.mat'],
  loses: ['badBands', 'ignoreValue', 'georeference'],
  sniff(_path, firstBytes) {
    if (firstBytes === null) return false;
    const text = Buffer.from(firstBytes.buffer, firstBytes.byteOffset, firstBytes.byteLength);
    if (text.toString('latin1', 0, 10) === 'MATLAB 5.0') return true;
    const mark = text.toString('latin1', 124, 128);
    return mark === '\x00\x01IM' || mark === '\x01\x00MI';
  },
  open,
  create: createMat5,
};
