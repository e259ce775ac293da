import type { CubeData, CubeValues } from '../data/cube.js';

/** A cube of which rows are read as they are needed. */
export interface CubeRows {
  name: string;
  bands: number;
  height: number;
  width: number;
  wavelengths: number[] | null;
  /** Dividing by it brings values to [0, 1]. */
  fullScale: number;
  /** Values of some rows, `[bands, height, width]`, as stored, and where band 0 begins in them: bands are `stride` values apart. */
  read(rows: {
    row: number;
    height: number;
  }): Promise<{ values: CubeValues; offset: number; stride: number }>;
}

/** A cube in memory as {@link CubeRows}; nothing is copied. */
export function rowsOfCube({ data, name, bands, height, width, wavelengths, fullScale }: CubeData): CubeRows {
  const facts = { name, bands, height, width, wavelengths, fullScale };
  const stride = height * width;
  return { ...facts, read: async ({ row }) => ({ values: data, offset: row * width, stride }) };
}
