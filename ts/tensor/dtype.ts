import type { DType, TypedArrayOf } from '../native/types.js';

export type { DType, TypedArrayOf };

/** Dtypes that hold fractions, and can carry gradients. */
export type FloatDType = 'float16' | 'bfloat16' | 'float32' | 'float64';
/** Dtypes that hold whole numbers. */
export type IntegerDType = 'uint8' | 'int16' | 'uint16' | 'int32' | 'int64';

/** All dtypes with their size in bytes. */
export const dtypeBytes: Readonly<Record<DType, number>> = {
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  int64: 8,
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
  bool: 1,
};

interface Floats {
  float16: 'float16';
  bfloat16: 'bfloat16';
  float32: 'float32';
  float64: 'float64';
}

/** What two dtypes become together. */
interface Promotions {
  bool: { [D in DType]: D };
  uint8: Floats & {
    bool: 'uint8';
    uint8: 'uint8';
    int16: 'int16';
    uint16: 'uint16';
    int32: 'int32';
    int64: 'int64';
  };
  int16: Floats & {
    bool: 'int16';
    uint8: 'int16';
    int16: 'int16';
    uint16: 'int32';
    int32: 'int32';
    int64: 'int64';
  };
  uint16: Floats & {
    bool: 'uint16';
    uint8: 'uint16';
    int16: 'int32';
    uint16: 'uint16';
    int32: 'int32';
    int64: 'int64';
  };
  int32: Floats & { [D in Exclude<IntegerDType, 'int64'> | 'bool']: 'int32' } & { int64: 'int64' };
  int64: Floats & { [D in IntegerDType | 'bool']: 'int64' };
  float16: Record<IntegerDType | 'bool' | 'float16', 'float16'> & {
    bfloat16: 'float32';
    float32: 'float32';
    float64: 'float64';
  };
  bfloat16: Record<IntegerDType | 'bool' | 'bfloat16', 'bfloat16'> & {
    float16: 'float32';
    float32: 'float32';
    float64: 'float64';
  };
  float32: Record<Exclude<DType, 'float64'>, 'float32'> & { float64: 'float64' };
  float64: Record<DType, 'float64'>;
}

/** The dtype of an operation of two tensors. Integers meet in the narrowest dtype that holds both (uint16 and int16:
 * int32); an integer meets a float in that float; float16 and bfloat16 meet in float32. A number never changes a
 * tensor's dtype. */
export type Promote<A extends DType, B extends DType> = Promotions[A][B];

/** The dtype of functions that give fractions: integers and bool become float32. */
export type Floating<D extends DType> = D extends FloatDType ? D : 'float32';

/** The dtype of a sum: integers and bool become int64. */
export type Summed<D extends DType> = D extends FloatDType ? D : 'int64';

/** What one element is in JavaScript. */
export type Item<D extends DType> = D extends 'int64' ? bigint : D extends 'bool' ? boolean : number;
