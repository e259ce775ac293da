/** What the addon exports, declared once. Everything that computes returns a promise; creation, views and
 * properties are synchronous. Native errors arrive as HyperliftError with a code. */

import type { NativeTrainingAddon } from './training-types.js';

export type * from './training-types.js';

/** Types of tensor values. */
export type DType =
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'int64'
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64'
  | 'bool';

/** The typed array that values of each dtype come in: float16 and bfloat16 as their bits, bool as 0 and 1. */
export interface TypedArrayOf {
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  float16: Uint16Array;
  bfloat16: Uint16Array;
  float32: Float32Array;
  float64: Float64Array;
  bool: Uint8Array;
}

export type OpParameter = boolean | number | bigint | string | null | readonly number[];
export type OpParameters = Readonly<Record<string, OpParameter>>;

/** A handle to a native tensor. */
export interface NativeTensor {
  readonly shape: number[];
  readonly dtype: DType;
  readonly device: string;
  readonly requiresGrad: boolean;
  readonly contiguous: boolean;
  readonly disposed: boolean;
  /** A new handle of the gradient that the last backward left, or null. */
  readonly grad: NativeTensor | null;
  setRequiresGrad(on: boolean): void;
  dispose(): void;
}

/** Stops queued operations that were given it. */
export interface NativeStop {
  stop(): void;
}

/** What the addon calls back. */
export interface NativeHooks {
  error(code: string, message: string): Error;
  /** Called before the first native thread of this JavaScript thread starts. */
  threadStarted(): void;
}

/** The addon's exports. Each part adds its own functions here. */
export interface NativeAddon extends NativeTrainingAddon {
  connect(hooks: NativeHooks): void;
  /** Stops every native thread of this JavaScript thread and waits for it; what is asked for later is rejected. */
  stopAndJoin(): void;
  /** The LibTorch version the addon was compiled for, and LibTorch's own account of its build and threads. */
  versions(): { libtorch: string; config: string; parallel: string };
  /** `cpu`, then `cuda:0`, ... */
  devices(): string[];
  /** `auto`, `cuda` and the like as one of `devices()`. */
  resolveDevice(name: string): string;
  threads(): number;
  setThreads(threads: number): void;
  /** Live tensor handles of this JavaScript thread, and bytes of the distinct storages behind them. */
  memory(): { tensors: number; bytes: number };
  keptMemory(): number;

  fromTypedArray(
    data: TypedArrayOf[DType],
    shape: readonly number[],
    dtype: DType,
    device: string,
  ): NativeTensor;
  /** Numbers converted to the dtype. */
  fromNumbers(values: Float64Array, shape: readonly number[], dtype: DType, device: string): NativeTensor;
  toTypedArray(tensor: NativeTensor): Promise<TypedArrayOf[DType]>;

  listModels(): NativeModelFacts[];
  createModel(id: string, options: ModelOptions, seed: number): NativeModel;

  /** An operation of cpp/ops on the queue, in call order. */
  compute(
    op: string,
    inputs: readonly (NativeTensor | number | bigint)[],
    parameters: OpParameters | undefined,
    grad: boolean,
    stop?: NativeStop,
  ): Promise<NativeTensor[]>;
  /** A view, at once. */
  view(
    op: string,
    inputs: readonly NativeTensor[],
    parameters: OpParameters | undefined,
    grad: boolean,
  ): NativeTensor[];
  /** A new tensor, at once. */
  create(op: string, parameters: OpParameters): NativeTensor;
  /** Names of all operations. */
  operations(): string[];
  stopToken(): NativeStop;
  backward(
    root: NativeTensor,
    gradient: NativeTensor | null,
    retainGraph: boolean,
    stop?: NativeStop,
  ): Promise<void>;
  gradients(
    root: NativeTensor,
    inputs: readonly NativeTensor[],
    gradient: NativeTensor | null,
    retainGraph: boolean,
    createGraph: boolean,
    stop?: NativeStop,
  ): Promise<(NativeTensor | null)[]>;
  zeroGrad(tensors: readonly NativeTensor[]): Promise<void>;
}

export type OptionValue = boolean | number | string | number[];
export type ModelOptions = Readonly<Record<string, OptionValue>>;

export interface NativeOptionFact {
  name: string;
  authorName: string;
  type: 'boolean' | 'integer' | 'number' | 'string' | 'integers';
  default: OptionValue;
  doc: string;
  choices: string[];
}

export interface NativeModelFacts {
  id: string;
  task: 'spectral' | 'spatial';
  title: string;
  year: number;
  paper: string;
  reference: string;
  /** `fixed`: the network takes one size, that of its options `imageHeight` and `imageWidth`. */
  size: { multiple: number; minimum: number; fixed: boolean };
  /** The only number of bands that the architecture takes; 0 where it takes any. */
  bands: {
    in: number;
    out: number;
    /** spatial: fewer bands do not suffice. */
    least: number;
  };
  /** spatial: the values that option `scale` may take; else empty. */
  scales: number[];
  /** spatial: name of the interpolated cube that the published network takes beside its input (`bicu`, `lms`); '' where it takes none. */
  enlarged: string;
  /** It goes from band to band with a state, and so may be trained in one step a band. */
  recurrent: boolean;
  sizeDependent: boolean;
  /** Fitted by accumulate and solve instead of training steps. */
  closedForm: boolean;
  unused: string[];
  optionalKeys: string[];
  presets: { name: string; options: Record<string, OptionValue> }[];
  options: NativeOptionFact[];
}

export type Precision = 'float32' | 'bfloat16';

export interface NativeForwardOptions {
  grad: boolean;
  precision: Precision;
  /** spatial: the interpolated cube, instead of the network's own interpolation. */
  enlarged?: NativeTensor;
}

export interface NativeBandOptions {
  band: number;
  grad: boolean;
  /** That of the band before; none at band 0. */
  state?: NativeTensor;
  /** The interpolated cube, instead of the network's own interpolation. */
  enlarged?: NativeTensor;
}

export interface NativeModel {
  readonly id: string;
  /** All options with their values, defaults filled in. */
  readonly options: Record<string, OptionValue>;
  readonly parametersCount: number;
  /** Further names of parameters that stand under several, each with the first name. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly disposed: boolean;
  /** Parameters and buffers by the authors' keys and in their order; new handles, which share storage with the model. */
  state(): Map<string, NativeTensor>;
  /** Copies values in; shapes and names must have been checked. Names of one parameter must agree. */
  load(values: Map<string, NativeTensor>): Promise<void>;
  /** Any image size: pads by reflection and crops back. */
  forward(x: NativeTensor, options: NativeForwardOptions): Promise<NativeTensor>;
  /** One band of a network that goes from band to band: `y` is `[batch, scale height, scale width]`, `state` goes into the next call. */
  upscaleBand(x: NativeTensor, options: NativeBandOptions): Promise<{ y: NativeTensor; state: NativeTensor }>;
  /** For a network in closed form: takes in one more pair, `[batch, bands, height, width]` each, in float64 sums. */
  accumulate(x: NativeTensor, y: NativeTensor): Promise<void>;
  /** Least squares over what was accumulated; sets the weights. */
  solve(): Promise<void>;
  /** Floating-point operations of the convolutions and matrix products of one forward, with a backward pass where `grad`. */
  countOperations(x: NativeTensor, grad: boolean): Promise<number>;
  to(device: string): Promise<void>;
  train(on: boolean): Promise<void>;
  dispose(): void;
}

/** What becomes of the stored values of an image before the network sees them, in this order: divided by `scale`, freed of the
 * sRGB curve, multiplied by a row-major matrix `[any, channels]` (empty: none), negative ones set to 0, `(v - offset) * gain`. */
export interface NativeImageMapping {
  scale: number;
  srgb: boolean;
  matrix: readonly number[];
  clampNegative: boolean;
  offset: number;
  gain: number;
  /** Device of the network. */
  device: string;
}

/** Tiles (cpp/ops/tiles.h) and pictures (cpp/ops/pictures.h). Row and column pairs are flat. */
export interface NativeAddon {
  newStrip(bands: number, lines: number, across: number): NativeTensor;
  cutTiles(
    image: NativeTensor,
    corners: readonly number[],
    height: number,
    width: number,
    mapping: NativeImageMapping,
  ): Promise<NativeTensor>;
  blendTiles(
    strip: NativeTensor,
    tiles: NativeTensor,
    corners: readonly number[],
    rowWeights: readonly number[],
    columnWeights: readonly number[],
    turned: boolean,
  ): Promise<void>;
  takeLines(strip: NativeTensor, count: number): Promise<NativeTensor>;
  placeTiles(target: NativeTensor, tiles: NativeTensor, placements: readonly number[]): Promise<void>;
  averageInto(target: NativeTensor, source: NativeTensor, row: number, column: number): Promise<void>;
  clampUnit(cube: NativeTensor): Promise<void>;
  turnedCube(cube: NativeTensor): Promise<NativeTensor>;
  flipRows(image: NativeTensor): Promise<NativeTensor>;
  scaledValues(values: NativeTensor, scale: number): Promise<NativeTensor>;
  valueRange(values: NativeTensor): Promise<[least: number, most: number]>;
  entropyMap(cube: NativeTensor): Promise<NativeTensor>;
  srgbPicture(cube: NativeTensor, table: readonly number[]): Promise<NativeTensor>;
  colourPicture(map: NativeTensor, colours: NativeTensor, top: number): Promise<NativeTensor>;
}

/** Refinement of super-resolved cubes (cpp/ops/fine_sr.h). */
export interface NativeAddon {
  fineSr(
    upscaled: NativeTensor,
    half: NativeTensor,
    options: { iterations: number; rows: number; device?: string },
  ): Promise<{ refined: NativeTensor; angles: number[]; constraints: number[] }>;
}

/** A kernel for every band of a cube, row-major; edges are mirrored with the edge repeated. */
export interface NativeMirroredFilter {
  values: Float64Array;
  height: number;
  width: number;
  /** Every how many-th pixel has a result. */
  stride: number;
  /** Where the first tap lies from the first pixel of a result's block. */
  rowOffset: number;
  columnOffset: number;
}

/** Degradation (cpp/ops/mirrored_filter.h); cubes are `[bands, height, width]`, float64. */
export interface NativeAddon {
  filterMirrored(cube: NativeTensor, filter: NativeMirroredFilter): Promise<NativeTensor>;
}
