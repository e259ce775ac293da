import type { SceneScores } from '../metrics/index.js';

/** What an evaluation tells while it goes; each is a plain object, ready for JSON. */
export type EvaluateEvent = EvaluateNotice | EvaluateStart | EvaluateTiles | SceneEvent | EvaluateFile;

/** Something a user should know. */
export interface EvaluateNotice {
  type: 'notice';
  text: string;
}

/** The scenes are known. */
export interface EvaluateStart {
  type: 'start';
  checkpoint: string;
  model: string;
  protocol: string;
  scenes: number;
}

/** Tiles of a scene. */
export interface EvaluateTiles {
  type: 'tiles';
  scene: string;
  done: number;
  total: number;
}

/** A scene has been scored. */
export interface SceneEvent {
  type: 'scene';
  scores: SceneScores;
  /** Of the root-polynomial regression on the same scene, where the checkpoint carries it. */
  baseline: SceneScores | null;
  done: number;
  total: number;
}

/** A table, picture or cube has been written. */
export interface EvaluateFile {
  type: 'file';
  file: string;
}
