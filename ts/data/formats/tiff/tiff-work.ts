import type { CubeDType } from '../../cube.js';
import type { WholeWindow } from '../format.js';
import type { StoredType } from '../stored-types.js';

/** An open TIFF file, as both threads call it: the number is the asking side's. */
export interface TiffHandle {
  id: number;
  path: string;
}

/** How the values of a cube lie in a TIFF: in segments (strips or tiles) of one band, or of all bands together. */
export interface TiffCube {
  bands: number;
  height: number;
  width: number;
  stored: StoredType;
  dtype: CubeDType;
  littleEndian: boolean;
  compression: number;
  predictor: number;
  /** Sizes of a segment; strips are as wide as the picture. */
  segmentWidth: number;
  segmentHeight: number;
  /** Tiles are stored whole where they reach beyond the picture, strips are cut off there. */
  tiled: boolean;
  /** Values of a pixel lie together: 1, or the number of bands. */
  samples: number;
  /** Where segments are, and their bytes: planes or pages one after the other, rows of segments in each. */
  offsets: Float64Array;
  byteCounts: Float64Array;
  /** Tables that the segments of a JPEG-compressed picture share. */
  jpegTables: Uint8Array | null;
  /** What segments hold that were never written. */
  fill: number;
}

/** What the TIFF thread does. */
export interface TiffWork {
  /** A window, `[bands, height, width]`. */
  read(
    request: { file: TiffHandle; cube: TiffCube; window: WholeWindow },
    progress: () => void,
  ): Promise<ArrayBufferView>;
  close(file: TiffHandle): Promise<void>;
}
