export * from './cube-choice.js';
export type { CubeChoice as MatCubeChoice, StoredArray as MatArray } from './cube-choice.js';
