/** What a reconstruction tells while it goes; each is a plain object, ready for JSON. */
export type ReconstructEvent =
  | ReconstructNotice
  | ReconstructStart
  | TilesEvent
  | FileEvent
  | ReconstructDone;

/** Something a user should know: how the photo is mapped to the camera's space, that tiles do not share anything. */
export interface ReconstructNotice {
  type: 'notice';
  text: string;
}

/** An image is about to be reconstructed. */
export interface ReconstructStart {
  type: 'start';
  image: string;
  height: number;
  width: number;
  bands: number;
  tile: number;
  overlap: number;
  tiles: number;
}

/** Tiles done so far, of all images. */
export interface TilesEvent {
  type: 'tiles';
  image: string;
  done: number;
  total: number;
  tilesPerSecond: number;
  remainingSeconds: number;
}

/** A file or folder has been written. */
export interface FileEvent {
  type: 'file';
  file: string;
}

/** Everything is written. */
export interface ReconstructDone {
  type: 'done';
  seconds: number;
}
