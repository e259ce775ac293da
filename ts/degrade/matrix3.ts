/** A 3 x 3 matrix, row-major. */
export type Matrix3 = readonly [number, number, number, number, number, number, number, number, number];

/** The inverse, by cofactors; the matrices here are far from singular. */
export function invert3(m: Matrix3): Matrix3 {
  const [a, b, c, d, e, f, g, h, i] = m;
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const adjugate = [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ];
  return adjugate.map((value) => value / determinant) as unknown as Matrix3;
}

/** The product with three rows of any length. */
export function multiply3(m: Matrix3, rows: readonly (readonly number[])[]): number[][] {
  return [0, 1, 2].map((row) =>
    (rows[0] ?? []).map((_, column) =>
      [0, 1, 2].reduce((sum, k) => sum + (m[row * 3 + k] ?? 0) * (rows[k]?.[column] ?? 0), 0),
    ),
  );
}
