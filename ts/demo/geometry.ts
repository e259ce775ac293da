/** Where a ray meets a thing: spheres (squashed ones too), upright cylinders, boxes turned about the vertical, the table
 * and the wall. Distances are in table units; y points up, z away from the camera. */
export type Vector = readonly [x: number, y: number, z: number];

export const add = (a: Vector, b: Vector, scale = 1): Vector => [
  a[0] + scale * b[0],
  a[1] + scale * b[1],
  a[2] + scale * b[2],
];
export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const unit = (a: Vector): Vector => {
  const length = Math.hypot(a[0], a[1], a[2]);
  return [a[0] / length, a[1] / length, a[2] / length];
};

export type Shape =
  | { kind: 'sphere'; centre: Vector; radii: Vector }
  | { kind: 'cylinder'; centre: Vector; radius: number; height: number }
  | { kind: 'box'; centre: Vector; half: Vector; turn: number }
  | { kind: 'table' }
  | { kind: 'wall'; z: number };

/** A meeting point: how far along the ray, the outward normal, and the place in the thing's own coordinates. */
export interface Hit {
  distance: number;
  normal: Vector;
  own: Vector;
}

/** Nearer meetings are the ray's own start. */
const nearest = 1e-4;

function hitSphere(centre: Vector, radii: Vector, from: Vector, along: Vector): Hit | null {
  const start: Vector = [
    (from[0] - centre[0]) / radii[0],
    (from[1] - centre[1]) / radii[1],
    (from[2] - centre[2]) / radii[2],
  ];
  const step: Vector = [along[0] / radii[0], along[1] / radii[1], along[2] / radii[2]];
  const a = dot(step, step);
  const b = dot(start, step);
  const under = b * b - a * (dot(start, start) - 1);
  if (under < 0) return null;
  const distance = (-b - Math.sqrt(under)) / a;
  if (distance < nearest) return null;
  const own = add(start, step, distance);
  return { distance, own, normal: unit([own[0] / radii[0], own[1] / radii[1], own[2] / radii[2]]) };
}

function hitCylinder(shape: Extract<Shape, { kind: 'cylinder' }>, from: Vector, along: Vector): Hit | null {
  const { centre, radius, height } = shape;
  const start = add(from, centre, -1);
  const top = (height / 2 - start[1]) / along[1];
  const onTop = add(start, along, top);
  if (along[1] < 0 && top > nearest && onTop[0] ** 2 + onTop[2] ** 2 < radius ** 2) {
    return { distance: top, own: onTop, normal: [0, 1, 0] };
  }
  const a = along[0] ** 2 + along[2] ** 2;
  const b = start[0] * along[0] + start[2] * along[2];
  const under = b * b - a * (start[0] ** 2 + start[2] ** 2 - radius ** 2);
  if (under < 0 || a === 0) return null;
  const distance = (-b - Math.sqrt(under)) / a;
  const own = add(start, along, distance);
  if (distance < nearest || Math.abs(own[1]) > height / 2) return null;
  return { distance, own, normal: [own[0] / radius, 0, own[2] / radius] };
}

function hitBox(shape: Extract<Shape, { kind: 'box' }>, from: Vector, along: Vector): Hit | null {
  const { centre, half, turn } = shape;
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
  const turned = (v: Vector): Vector => [cosine * v[0] + sine * v[2], v[1], cosine * v[2] - sine * v[0]];
  const start = turned(add(from, centre, -1));
  const step = turned(along);
  let [enter, leave, axis] = [-Infinity, Infinity, 0];
  for (const k of [0, 1, 2] as const) {
    const [one, other] = [(-half[k] - start[k]) / step[k], (half[k] - start[k]) / step[k]];
    if (Math.min(one, other) > enter) {
      enter = Math.min(one, other);
      axis = k;
    }
    leave = Math.min(leave, Math.max(one, other));
  }
  if (enter > leave || enter < nearest) return null;
  const own = add(start, step, enter);
  const side = (k: number): number => (axis === k ? -Math.sign(step[k] ?? 0) : 0);
  const facing: Vector = [side(0), side(1), side(2)];
  const normal: Vector = [
    cosine * facing[0] - sine * facing[2],
    facing[1],
    cosine * facing[2] + sine * facing[0],
  ];
  return { distance: enter, own, normal };
}

/** Where the ray from `from` along `along` first meets the shape from outside, or null. */
export function hit(shape: Shape, from: Vector, along: Vector): Hit | null {
  if (shape.kind === 'sphere') return hitSphere(shape.centre, shape.radii, from, along);
  if (shape.kind === 'cylinder') return hitCylinder(shape, from, along);
  if (shape.kind === 'box') return hitBox(shape, from, along);
  const onTable = shape.kind === 'table';
  const distance = onTable ? -from[1] / along[1] : (shape.z - from[2]) / along[2];
  if (!(distance > nearest) || distance === Infinity) return null;
  return { distance, own: add(from, along, distance), normal: onTable ? [0, 1, 0] : [0, 0, -1] };
}
