import type { Listing } from './layout.js';

/** Which part of a published data set a folder holds. */
export type ScenePart = 'training' | 'validation' | 'test' | 'all';

/** A folder of a recognised data set. */
export interface SceneFolder {
  path: string;
  part: ScenePart;
  /** Folders with pictures of its cubes, that of choice first. */
  pictures: readonly string[];
}

/** What of a published data set a folder holds. */
export interface Recognition {
  folders: readonly SceneFolder[];
  /** Names of the scenes that were found. */
  names: readonly string[];
  /** The cubes, where not every cube of the folders is a scene. */
  files?: readonly string[];
}

/** What is known of a published data set. */
export interface PublishedSet {
  /** Stable: what commands call it. */
  id: string;
  title: string;
  citation: string;
  /** Where it is to be had. */
  address: string;
  /** Its terms, as stated there. */
  licence: string;
  scenes: number;
  /** Bands of a cube; several where it goes around in several versions. */
  bands: readonly number[];
  /** Pixels, in words. */
  size: string;
  /** Centre of each band in nm, where the files do not say and the publication does; else null. */
  wavelengths: readonly number[] | null;
  /** Lowest and highest wavelength in nm. */
  span: readonly [number, number];
  /** Number that brings stored values to [0, 1], where it is the same for all files and not that of their type. */
  fullScale: number | null;
  /** What the values are. */
  range: string;
  /** Name of the array in files that name them. */
  variable: string | null;
  /** A short tree, one entry a line. */
  layout: readonly string[];
  /** Names that `--split` takes for it. */
  splits: readonly string[];
  /** Its scenes in a folder, told by names; null when the folder is none of its. */
  recognise(listing: Listing): Recognition | null | Promise<Recognition | null>;
}

/** Wavelengths in equal steps, both ends included. */
export function steps(first: number, last: number, step: number): number[] {
  return Array.from({ length: Math.round((last - first) / step) + 1 }, (_, i) => first + i * step);
}
