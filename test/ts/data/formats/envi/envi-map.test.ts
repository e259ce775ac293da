import test from 'tape';
import { georeferenceOf, mapInfoOf } from '../../../../../ts/data/formats/envi/envi-map.js';

const utm = [
  'UTM',
  '1.000',
  '1.000',
  '500000.0',
  '4200000.0',
  '2.5',
  '2.0',
  '33',
  'North',
  'WGS-84',
  'units=Meters',
];
const place = { x: 10, y: 50, pixelWidth: 0.5, pixelHeight: 0.25, epsg: 4326, wkt: null };

test('the coordinate system is known for UTM and for longitude with latitude, on WGS-84 alone', (t) => {
  const epsg = (...fields: string[]) => georeferenceOf(fields, null)?.epsg;
  t.equal(epsg(...utm), 32633);
  t.equal(epsg(...utm.map((field) => (field === 'North' ? 'South' : field))), 32733);
  t.equal(epsg(...utm.map((field) => (field === 'WGS-84' ? 'NAD-27' : field))), null);
  t.equal(epsg(...utm.map((field) => (field === '33' ? '61' : field))), null, 'there are 60 zones');
  t.equal(epsg('Geographic Lat/Lon', '1', '1', '10', '50', '0.5', '0.25', 'WGS84', 'units=Degrees'), 4326);
  t.equal(epsg('Arbitrary', '1', '1', '0', '0', '1', '1'), null);
  t.end();
});

test('the corner is that of the first pixel, wherever the reference pixel is', (t) => {
  const at = (pixel: string, line: string, ...more: string[]) =>
    georeferenceOf(['UTM', pixel, line, '1000', '2000', '2', '4', ...more], 'WKT');
  t.same([at('1', '1')?.x, at('1', '1')?.y, at('1', '1')?.wkt], [1000, 2000, 'WKT']);
  t.same([at('11', '6')?.x, at('11', '6')?.y], [980, 2020], 'ten pixels right, five down');
  t.same([at('1.5', '1.5')?.x, at('1.5', '1.5')?.y], [999, 2002], 'the centre of the first pixel');
  const turned = at('11', '1', 'rotation=90');
  t.ok(
    Math.abs((turned?.x ?? 0) - 1000) < 1e-9 && Math.abs((turned?.y ?? 0) - 1980) < 1e-9,
    'turned by 90 degrees',
  );
  t.equal(turned?.rotation, 90);
  t.end();
});

test('map info of another form is no place', (t) => {
  t.equal(georeferenceOf([], null), null);
  t.equal(georeferenceOf(utm.slice(0, 6), null), null, 'too short');
  t.equal(georeferenceOf(['UTM', '1', '1', 'x', '0', '1', '1'], null), null, 'not numbers');
  t.equal(georeferenceOf(['UTM', '1', '1', '0', '0', '0', '1'], null), null, 'pixels of no size');
  t.end();
});

test('map info says where a cube lies: in its own words, or in new ones once it has moved', (t) => {
  const found = georeferenceOf(utm, null);
  if (found === null) return t.end('no place');
  t.same(mapInfoOf(found), utm, 'word for word');
  const moved = { ...found, x: found.x + 10 };
  t.same(mapInfoOf(moved), [
    'UTM',
    '1',
    '1',
    '500010',
    '4200000',
    '2.5',
    '2',
    '33',
    'North',
    'WGS-84',
    'units=Meters',
  ]);
  t.equal(mapInfoOf({ ...place, epsg: 32701 })[8], 'South');
  for (const [epsg, first] of [
    [4326, 'Geographic Lat/Lon'],
    [32760, 'UTM'],
    [3035, 'Arbitrary'],
    [null, 'Arbitrary'],
  ] as const) {
    const made = mapInfoOf({ ...place, epsg, rotation: 12 });
    t.equal(made[0], first);
    const { mapInfo: _, ...back } = georeferenceOf(made, null) ?? {};
    t.same(back, { ...place, rotation: 12, epsg: epsg === 3035 ? null : epsg }, `${epsg} comes back`);
  }
  t.end();
});
