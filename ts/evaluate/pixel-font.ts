/** A small font of our own, 5 x 7 dots, for pictures made where no font is installed: text in a PNG is drawn as shapes.
 * Each glyph is seven rows, each row a digit of base 32 whose five bits are its dots from the left. */
const glyphs: Readonly<Record<string, string>> = {
  '0': 'ehjlphe',
  '1': '4c4444e',
  '2': 'eh168gv',
  '3': 'eh161he',
  '4': '26aiv22',
  '5': 'vgu11he',
  '6': '68guhhe',
  '7': 'v124888',
  '8': 'ehhehhe',
  '9': 'ehhf12c',
  A: 'ehhvhhh',
  B: 'uhhuhhu',
  C: 'ehggghe',
  D: 'sihhhis',
  E: 'vgguggv',
  F: 'vgguggg',
  G: 'ehgnhhf',
  H: 'hhhvhhh',
  I: 'e44444e',
  J: '72222ic',
  K: 'hikokih',
  L: 'ggggggv',
  M: 'hrllhhh',
  N: 'hhpljhh',
  O: 'ehhhhhe',
  P: 'uhhuggg',
  Q: 'ehhhlid',
  R: 'uhhukih',
  S: 'fgge11u',
  T: 'v444444',
  U: 'hhhhhhe',
  V: 'hhhhha4',
  W: 'hhhllla',
  X: 'hha4ahh',
  Y: 'hhha444',
  Z: 'v1248gv',
  a: '00e1fhf',
  b: 'ggmphhu',
  c: '00egghe',
  d: '11djhhf',
  e: '00ehvge',
  f: '698s888',
  g: '0fhhf1e',
  h: 'ggmphhh',
  i: '40c444e',
  j: '20622ic',
  k: 'ggikoki',
  l: 'c44444e',
  m: '00qllhh',
  n: '00mphhh',
  o: '00ehhhe',
  p: '00uhugg',
  q: '00djf11',
  r: '00mpggg',
  s: '00ege1u',
  t: '88s8896',
  u: '00hhhjd',
  v: '00hhha4',
  w: '00hhlla',
  x: '00ha4ah',
  y: '00hhf1e',
  z: '00v248v',
  ' ': '0000000',
  '.': '00000cc',
  ',': '0000c48',
  ':': '0cc0cc0',
  '-': '000v000',
  '+': '044v440',
  '(': '2488842',
  ')': '8422248',
  '/': '01248g0',
  '%': 'op248j3',
  _: '000000v',
  '=': '00v0v00',
  '°': 'ciic000',
  "'": '4440000',
};

/** What stands for a character the font lacks: an empty box. */
const unknownGlyph = 'vhhhhhv';

/** Width of a text in dots; each glyph is five wide, with one dot between. */
export function textWidth(text: string): number {
  return Math.max(0, [...text].length * 6 - 1);
}

/** SVG path data of a text whose top left corner is (x, y), each dot a square of `dot` units. */
export function textPath(text: string, x: number, y: number, dot: number): string {
  const parts: string[] = [];
  [...text].forEach((character, place) => {
    const rows = [...(glyphs[character] ?? unknownGlyph)];
    rows.forEach((digit, row) => {
      const bits = Number.parseInt(digit, 32);
      for (let column = 0; column < 5; column++) {
        if ((bits & (16 >> column)) === 0) continue;
        const [left, top] = [x + (place * 6 + column) * dot, y + row * dot];
        parts.push(`M${left.toFixed(2)} ${top.toFixed(2)}h${dot}v${dot}h${-dot}z`);
      }
    });
  });
  return parts.join('');
}

function attribute(attributes: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1];
}

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
};

/** The same SVG with every `<text>` drawn as a shape, so that rendering it needs no font. Understands what the chart library
 * writes: `text-anchor`, `font-size` in the style, `x`, `y`, `transform`, `fill`; text is centred on its line. */
export function textAsShapes(svg: string): string {
  return svg.replace(/<text\b([^>]*)>([^<]*)<\/text>/g, (_, attributes: string, coded: string) => {
    const text = coded.replace(/&(lt|gt|amp|quot|#39);/g, (entity) => entities[entity] ?? entity);
    const size = Number(/font-size:\s*([\d.]+)px/.exec(attributes)?.[1] ?? 12);
    const dot = size / 10;
    const anchor = attribute(attributes, 'text-anchor') ?? 'start';
    const before = anchor === 'end' ? 1 : anchor === 'middle' ? 0.5 : 0;
    const x = Number(attribute(attributes, 'x') ?? 0) - before * textWidth(text) * dot;
    const y = Number(attribute(attributes, 'y') ?? 0) - 3.5 * dot;
    const transform = attribute(attributes, 'transform');
    const moved = transform === undefined ? '' : ` transform="${transform}"`;
    return `<path d="${textPath(text, x, y, dot)}" fill="${attribute(attributes, 'fill') ?? '#000'}"${moved}/>`;
  });
}
