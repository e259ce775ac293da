import { DataError } from '../../../errors.js';
import { AtomicFile } from '../../../io/atomic-write.js';
import { ZipWriter } from '../../../io/zip-writer.js';
import { LineCheck } from '../lines.js';
import type { CubePlan, CubeWriter, WriteCubeOptions } from '../format.js';
import { npyHead } from './npy-writer.js';
import { bytesOf, RawRows, rowsWriter } from '../raw-writer.js';

const arrayName = /^[^/\\]{1,200}$/;

/** Begins a `.npz` as `numpy.savez` makes it: `cube` as `[H, W, B]`, or the name asked for, and `wavelengths` in nm.
 * @throws {DataError} `DATA_VARIABLE_NAME`, `DATA_WRITE`. @throws {RunError} `RUN_DISK_FULL`. */
export async function createNpz(
  path: string,
  plan: CubePlan,
  { variable = 'cube' }: WriteCubeOptions,
): Promise<CubeWriter> {
  const { bands, height, width, dtype, wavelengths } = plan;
  if (!arrayName.test(variable) || variable === 'wavelengths') {
    throw new DataError(
      'DATA_VARIABLE_NAME',
      `${path}: '${variable}' cannot be the name of the cube in a .npz`,
    );
  }
  const file = await AtomicFile.open(path);
  const zip = new ZipWriter(file);
  const rows = new RawRows({ write: (bytes) => zip.write(bytes), start: 0, interleave: 'bip' }, plan);
  try {
    if (wavelengths !== null) {
      await zip.begin('wavelengths.npy');
      await zip.write(npyHead('float64', [bands]));
      await zip.write(bytesOf(Float64Array.from(wavelengths)));
    }
    await zip.begin(`${variable}.npy`);
    await zip.write(npyHead(dtype, [height, width, bands]));
  } catch (cause) {
    await file.abort();
    throw cause;
  }
  const commit = async (): Promise<void> => {
    await zip.finish();
    await file.commit();
  };
  return rowsWriter(new LineCheck(path, plan, 'rows'), rows, { commit, abort: () => file.abort() });
}
