import sharp from 'sharp';
import test from 'tape';
import { colourCount, colourTable } from '../../../ts/evaluate/colour-map.js';
import { roundTop, topOf } from '../../../ts/evaluate/error-map.js';
import { panelsPng } from '../../../ts/evaluate/panels.js';
import { textAsShapes, textPath, textWidth } from '../../../ts/evaluate/pixel-font.js';
import { distinctPoints } from '../../../ts/evaluate/points.js';
import { csvTable, markdownTable } from '../../../ts/evaluate/table.js';
import { viewTable } from '../../../ts/evaluate/view-table.js';
import { native } from '../../../ts/native/index.js';

test('the colour map grows lighter at every step', (t) => {
  const table = colourTable();
  const light = (index: number): number =>
    0.2126 * (table[3 * index] ?? 0) +
    0.7152 * (table[3 * index + 1] ?? 0) +
    0.0722 * (table[3 * index + 2] ?? 0);
  let darker = 0;
  for (let index = 8; index < colourCount; index += 8) if (light(index) <= light(index - 8)) darker++;
  t.equal(darker, 0);
  t.end();
});

test('the top of an error map is round and leaves outliers out', (t) => {
  t.equal(roundTop(0.034), 0.05);
  t.equal(roundTop(0.2), 0.2);
  t.equal(roundTop(0), 0.01, 'a map of zeros still has a scale');
  const values = new Float32Array(1000).fill(0.018);
  values[3] = 5;
  t.ok(Math.abs(topOf(values) - 0.02) < 1e-12);
  t.end();
});

test('text becomes shapes, so that a picture needs no font', async (t) => {
  t.equal(textWidth('abc'), 17);
  t.ok(textPath('a', 0, 0, 1).startsWith('M'));
  const svg =
    '<svg><text text-anchor="end" style="font-size:12px" x="3" transform="translate(1 2)" fill="#333">a&lt;b</text></svg>';
  const shapes = textAsShapes(svg);
  t.notOk(shapes.includes('<text'), 'no text is left');
  t.ok(
    shapes.includes('transform="translate(1 2)"') && shapes.includes('fill="#333"'),
    'place and colour are kept',
  );
  t.end();
});

test('a white surface is shown white, a mid grey as its sRGB code', async (t) => {
  const wavelengths = Array.from({ length: 31 }, (_, band) => 400 + 10 * band);
  const values = new Float32Array(31 * 2).map((_, index) => (index % 2 === 0 ? 1 : 0.214));
  const cube = native().fromTypedArray(values, [31, 1, 2], 'float32', 'cpu');
  const picture = await native().srgbPicture(cube, viewTable(31, wavelengths));
  const bytes = [...(await native().toTypedArray(picture))].map(Number);
  t.ok(
    bytes.slice(0, 3).every((value) => value === 255),
    'white',
  );
  t.ok(
    bytes.slice(3).every((value) => Math.abs(value - 127) <= 1),
    `grey: ${bytes.slice(3)}`,
  );
  cube.dispose();
  picture.dispose();
});

test('a cube outside the visible range is shown in false colours', (t) => {
  const table = viewTable(5, [900, 1000, 1100, 1200, 1300]);
  t.deepEqual(table.slice(9, 12), [1, 0, 0], 'red is the band at three quarters');
  t.end();
});

test('panels lie side by side with room for their captions', async (t) => {
  const picture = { bytes: new Uint8Array(3 * 10 * 10).fill(200), height: 10, width: 10 };
  const png = await panelsPng([
    { caption: 'one', picture },
    { caption: 'two', picture, marks: [{ row: 1, column: 1 }] },
  ]);
  const { width = 0, height = 0, format } = await sharp(png).metadata();
  t.equal(format, 'png');
  t.ok(width > 600 && height > 300, `small pictures are enlarged: ${width} x ${height}`);
});

test('points are of different colours and none is dark', (t) => {
  const [height, width] = [56, 56];
  const bytes = new Uint8Array(3 * height * width);
  for (let p = 0; p < height * width; p++) {
    const side = p % width < width / 2 ? [200, 30, 30] : [30, 200, 30];
    if (p < (height * width) / 2) bytes.set(side, 3 * p);
  }
  const points = distinctPoints({ bytes, height, width }, 2);
  t.equal(points.length, 2);
  t.ok(
    points.every(({ row }) => row < height / 2),
    'none in the dark half',
  );
  t.notEqual((points[0]?.column ?? 0) < 28, (points[1]?.column ?? 0) < 28, 'one in each colour');
  t.deepEqual(
    distinctPoints({ bytes: new Uint8Array(300), height: 10, width: 10 }),
    [],
    'none in a black picture',
  );
  t.end();
});

test('tables show what is not a number in words', (t) => {
  const scores = { psnr: Infinity, psnrBand: 2, rmse: 0.5, mrae: 0.1, ssim: Number.NaN, sam: 1, ergas: 3 };
  const lines = [{ name: 'a|b, c', scores }];
  const table = markdownTable(lines);
  t.ok(table.includes('inf') && table.includes('n/a') && table.includes('a\\|b'), table);
  t.equal(csvTable(lines).split('\n')[1], '"a|b, c",inf,2,0.5,0.1,nan,1,3');
  t.end();
});
