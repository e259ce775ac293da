import test from 'tape';
import { demosaics, mirrored, paddedMosaic, sampleMosaic } from '../../../ts/degrade/mosaic.js';

const patterns = ['rggb', 'bggr', 'grbg', 'gbrg'] as const;

/** A whole image through mosaic and demosaic. */
function through(
  rgb: Float32Array,
  [height, width]: readonly [number, number],
  pattern: (typeof patterns)[number],
  kind: 'bilinear' | 'malvar',
): Float32Array {
  const raw = sampleMosaic(rgb, { first: 0, rows: height, width, pattern });
  const sensor = paddedMosaic(raw, 0, { height, width }, { top: 0, rows: height });
  const result = new Float32Array(rgb.length);
  demosaics[kind](sensor, result, { pattern, width, top: 0, start: 0, end: height, rows: height });
  return result;
}

test('places are mirrored about the border pixels', (t) => {
  t.same(
    [-2, -1, 0, 4, 5, 6].map((place) => mirrored(place, 5)),
    [2, 1, 0, 4, 3, 2],
  );
  t.same(
    [-2, -1, 0, 1, 2, 3].map((place) => mirrored(place, 2)),
    [0, 1, 0, 1, 0, 1],
  );
  t.end();
});

test('a mosaic takes of each pixel the channel of its place', (t) => {
  const rgb = Float32Array.from({ length: 12 }, (_, i) => i);
  // Pixels 0 1 / 2 3; red is 0..3, green 4..7, blue 8..11.
  const expected = { rggb: [0, 5, 6, 11], bggr: [8, 5, 6, 3], grbg: [4, 1, 10, 7], gbrg: [4, 9, 2, 7] };
  for (const pattern of patterns) {
    const raw = sampleMosaic(rgb, { first: 0, rows: 2, width: 2, pattern });
    t.same([...raw], expected[pattern], pattern);
  }
  const odd = sampleMosaic(rgb, { first: 1, rows: 2, width: 2, pattern: 'rggb' });
  t.same([...odd], [4, 9, 2, 7], 'a strip from row 1 keeps the phase of the image');
  t.end();
});

test('the demosaic of a constant colour is that colour', (t) => {
  for (const size of [
    [2, 2],
    [3, 5],
    [6, 4],
  ] as const) {
    const plane = size[0] * size[1];
    const rgb = Float32Array.from(
      { length: 3 * plane },
      (_, i) => [0.25, 0.5, 0.75][Math.floor(i / plane)] ?? 0,
    );
    for (const pattern of patterns) {
      for (const kind of ['bilinear', 'malvar'] as const) {
        t.same(through(rgb, size, pattern, kind), rgb, `${kind} ${pattern} ${size.join('x')}`);
      }
    }
  }
  t.end();
});

test('bilinear demosaicing of a known 4x4 mosaic', (t) => {
  // The mosaic R G R G / G B G B / R G R G / G B G B with the values 1..16.
  const rgb = Float32Array.from({ length: 48 }, (_, i) => (i % 16) + 1);
  const found = through(rgb, [4, 4], 'rggb', 'bilinear');
  const at = (channel: number, row: number, column: number) => found[channel * 16 + row * 4 + column];
  t.equal(at(0, 0, 0), 1, 'red where the filter is red');
  t.equal(at(0, 0, 1), (1 + 3) / 2, 'red between two of its row');
  t.equal(at(0, 1, 0), (1 + 9) / 2, 'red between two of its column');
  t.equal(at(0, 1, 1), (1 + 3 + 9 + 11) / 4, 'red at blue');
  t.equal(at(1, 1, 1), (2 + 5 + 7 + 10) / 4, 'green at blue');
  t.equal(at(1, 2, 2), (7 + 10 + 12 + 15) / 4, 'green at red');
  t.equal(at(2, 2, 2), (6 + 8 + 14 + 16) / 4, 'blue at red');
  t.equal(at(2, 1, 2), (6 + 8) / 2, 'blue at green of a blue row');
  t.equal(at(1, 0, 0), (2 + 2 + 5 + 5) / 4, 'the corner mirrors its neighbours');
  t.end();
});

test('Malvar, He and Cutler correct by the gradient of the own channel', (t) => {
  const size = [8, 8] as const;
  const impulse = (row: number, column: number) => {
    const rgb = new Float32Array(3 * 64);
    for (let channel = 0; channel < 3; channel++) rgb[channel * 64 + row * 8 + column] = 8;
    return through(rgb, size, 'rggb', 'malvar');
  };
  // An impulse at a red pixel (4, 4): the coefficients of figure 2, at the pixels that weigh it.
  const red = impulse(4, 4);
  const value = (picture: Float32Array, channel: number, row: number, column: number) =>
    picture[channel * 64 + row * 8 + column];
  t.equal(value(red, 1, 4, 4), 4, 'green at red: 4 of itself');
  t.equal(value(red, 1, 4, 6), -1, 'and -1 of the next red');
  t.equal(value(red, 2, 4, 4), 6, 'blue at red: 6 of itself');
  t.equal(value(red, 2, 2, 4), -1.5, 'and -3/2 of the next red');
  t.equal(value(red, 0, 3, 3), 2, 'red at blue: 2 of each diagonal red');
  t.equal(value(red, 0, 4, 3), 4, 'red at green: 4 of each red beside');
  const green = impulse(4, 5);
  t.equal(value(green, 0, 4, 5), 5, 'red at green: 5 of itself');
  t.equal(value(green, 0, 3, 4), -1, '-1 of each diagonal green');
  t.equal(value(green, 0, 4, 3), -1, '-1 of the next green of the row');
  t.equal(value(green, 0, 2, 5), 0.5, '1/2 of the next of the column');
  t.equal(value(green, 1, 4, 4), 2, 'green at red: 2 of each green');
  t.end();
});

test('strips of rows give what the whole image gives', (t) => {
  const [height, width] = [9, 7];
  const plane = height * width;
  const rgb = Float32Array.from({ length: 3 * plane }, (_, i) => Math.sin(i) ** 2);
  const whole = through(rgb, [height, width], 'gbrg', 'malvar');
  for (let row = 0; row < height; row += 2) {
    const end = Math.min(height, row + 2);
    const [first, last] = [Math.max(0, row - 2), Math.min(height, end + 2)];
    const part = new Float32Array(3 * (last - first) * width);
    for (let channel = 0; channel < 3; channel++) {
      const from = channel * plane + first * width;
      part.set(rgb.subarray(from, from + (last - first) * width), channel * (last - first) * width);
    }
    const place = { first, rows: last - first, width, pattern: 'gbrg' as const };
    const raw = sampleMosaic(part, place);
    const rows = end - row;
    const sensor = paddedMosaic(raw, first, { height, width }, { top: row, rows });
    const found = new Float32Array(3 * rows * width);
    demosaics.malvar(sensor, found, { pattern: 'gbrg', width, top: row, start: 0, end: rows, rows });
    const wanted = new Float32Array(found.length);
    for (let channel = 0; channel < 3; channel++) {
      const from = channel * plane + row * width;
      wanted.set(whole.subarray(from, from + rows * width), channel * rows * width);
    }
    t.same(found, wanted, `rows ${row} to ${end}`);
  }
  t.end();
});
