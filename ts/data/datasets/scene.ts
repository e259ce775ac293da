import { DataError } from '../../errors.js';
import type { CubeData, CubeDType, RgbData, RgbKind } from '../cube.js';
import { checkFinite } from '../finite.js';
import { findBandSeries } from '../formats/pictures/band-files.js';
import { enviBytes } from '../formats/envi/envi-facts.js';
import { findEnviFiles } from '../formats/envi/envi-files.js';
import type { CubeReader, ReadCubeOptions } from '../formats/format.js';
import { cubeInfo, formatOf, openCube, readCube } from '../formats/index.js';
import { readRgb, rgbSize } from '../formats/pictures/rgb-image.js';
import { largestOf, settleKnownScale, settleKnownWavelengths, withKnownFacts } from './facts.js';
import type { PublishedSet } from './published.js';

/** What a scene has: a cube and its picture, a cube alone, or a picture alone. */
export type SceneKind = 'paired' | 'cube' | 'rgb';

/** What a scene's files say before their values are read. */
export interface SceneInfo {
  height: number;
  width: number;
  /** Null for a picture alone. */
  bands: number | null;
  dtype: CubeDType | null;
  wavelengths: number[] | null;
}

/** How the files of a scene are read. */
export interface SceneReadOptions extends ReadCubeOptions {
  /** What the pictures' channels mean. Default `srgb`. */
  rgbKind?: RgbKind;
}

/** One scene of a data set. Nothing is read before it is asked for. */
export class Scene {
  private known: Promise<SceneInfo> | undefined;

  constructor(
    readonly name: string,
    /** The cube's file or folder. */
    readonly cubePath: string | null,
    readonly rgbPath: string | null,
    /** How its files are read. */
    readonly reading: SceneReadOptions,
    /** The published data set that it is of, where it was recognised: states what its files leave open. */
    readonly set: PublishedSet | null = null,
  ) {}

  get kind(): SceneKind {
    if (this.cubePath === null) return 'rgb';
    return this.rgbPath === null ? 'cube' : 'paired';
  }

  /** Sizes, from the headers of its files; a pair must agree.
   * @throws {DataError} `DATA_SIZE_MISMATCH` and the readers' errors. */
  info(): Promise<SceneInfo> {
    this.known ??= this.describe();
    return this.known;
  }

  private async describe(): Promise<SceneInfo> {
    const rgb = this.rgbPath === null ? null : await rgbSize(this.rgbPath);
    if (this.cubePath === null)
      return { height: 0, width: 0, ...rgb, bands: null, dtype: null, wavelengths: null };
    const info = await cubeInfo(this.cubePath, this.reading);
    const { height, width, bands, dtype } = info;
    const wavelengths = this.set === null ? info.wavelengths : settleKnownWavelengths(info, this.set);
    if (rgb !== null && (rgb.height !== height || rgb.width !== width)) {
      throw new DataError(
        'DATA_SIZE_MISMATCH',
        `${this.rgbPath}: ${rgb.height}x${rgb.width} pixels, but the cube of scene '${this.name}' has ${height}x${width}`,
      );
    }
    return { height, width, bands, dtype, wavelengths };
  }

  /** The cube; every value is finite, unless `finite` is false.
   * @throws {DataError} `DATA_SCENE_KIND` for a picture alone, `DATA_NOT_FINITE`, and the readers' errors. */
  async readCube({ finite = true }: { finite?: boolean } = {}): Promise<CubeData> {
    const cube = { ...(await readCube(this.cubeOrFail(), this.reading)), name: this.name };
    if (finite) await checkFinite(cube);
    if (this.set === null) return cube;
    const wavelengths = settleKnownWavelengths(cube, this.set);
    return {
      ...cube,
      wavelengths,
      fullScale:
        this.reading.fullScale ?? (await settleKnownScale(cube, this.set, () => largestOf(cube.data))),
    };
  }

  /** The picture beside the cube, or of a scene that is a picture.
   * @throws {DataError} `DATA_SCENE_KIND` for a cube alone, `DATA_SIZE_MISMATCH`, and the readers' errors. */
  async readRgb(): Promise<RgbData> {
    if (this.rgbPath === null) {
      throw new DataError(
        'DATA_SCENE_KIND',
        `scene '${this.name}' has no picture; its RGB is made from the cube`,
      );
    }
    await this.info();
    const rgb = await this.readPicture();
    await checkFinite(rgb);
    return rgb;
  }

  /** The picture, whether or not it fits the cube.
   * @throws {DataError} the readers' errors. */
  async readPicture(): Promise<RgbData> {
    const { rgbKind } = this.reading;
    return {
      ...(await readRgb(this.rgbPath ?? '', rgbKind === undefined ? {} : { kind: rgbKind })),
      name: this.name,
    };
  }

  /** The cube, opened to be read in parts; to be closed. Whether the values are finite is left to the caller.
   * @throws {DataError} `DATA_SCENE_KIND` for a picture alone, and the readers' errors. */
  async openCube(): Promise<CubeReader> {
    const reader = await openCube(this.cubeOrFail(), this.reading);
    if (this.set === null) return reader;
    try {
      return await withKnownFacts(reader, this.set, this.reading.fullScale);
    } catch (cause) {
      await reader.close();
      throw cause;
    }
  }

  private cubeOrFail(): string {
    if (this.cubePath !== null) return this.cubePath;
    throw new DataError(
      'DATA_SCENE_KIND',
      `scene '${this.name}' is a picture (${this.rgbPath}); it has no cube`,
    );
  }

  /** Every file the scene is made of. */
  async files(): Promise<string[]> {
    return [...(await this.cubeFiles()), ...(this.rgbPath === null ? [] : [this.rgbPath])];
  }

  /** The files of its cube; none for a picture alone. */
  async cubeFiles(): Promise<string[]> {
    if (this.cubePath === null) return [];
    const format = (await formatOf(this.cubePath))?.id;
    if (format === 'png-folder') return (await findBandSeries(this.cubePath)).files;
    if (format !== 'envi') return [this.cubePath];
    const { header, data } = await findEnviFiles(this.cubePath, enviBytes);
    return [header, data];
  }
}
