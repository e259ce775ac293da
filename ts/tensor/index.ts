export { Adam, type AdamOptions, AdamW } from './adam.js';
export type { SortOptions, ValuesAndIndices } from './arrange.js';
export {
  arange,
  type CreateOptions,
  eye,
  fromTypedArray,
  full,
  linspace,
  type NestedNumbers,
  ones,
  type RandomOptions,
  rand,
  randint,
  randn,
  randperm,
  tensor,
  zeros,
} from './create.js';
export {
  type DType,
  dtypeBytes,
  type FloatDType,
  type Floating,
  type IntegerDType,
  type Item,
  type Promote,
  type Summed,
  type TypedArrayOf,
} from './dtype.js';
export { type GradientsOptions, gradients } from './gradients.js';
export { cat, einsum, stack, where } from './join.js';
export type { ConvOptions, ConvTransposeOptions, InterpolateOptions, Pair, PoolOptions } from './layers.js';
export { devices, keptMemory, type MemoryUse, memory, setThreads, threads } from './memory.js';
export type { ReduceOneOptions, ReduceOptions, SpreadOptions } from './reductions.js';
export { abortable, keep, noGrad, tidy, withGrad } from './scope.js';
export { type BackwardOptions, type Conversion, Tensor } from './tensor.js';
export type { SliceRange } from './views.js';
