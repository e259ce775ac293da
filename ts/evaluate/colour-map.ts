/** A colour map whose lightness grows evenly: equal steps of a value look like equal steps. It runs from near black over violet
 * and orange to pale yellow at even steps of lightness in OKLab (B. Ottosson, 2020), so it also reads in grey and for eyes
 * that see few colours. */

/** Number of colours in the table. */
export const colourCount = 256;

const coded = (linear: number): number => {
  const value = Math.min(1, Math.max(0, linear));
  return Math.round(255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055));
};

/** sRGB bytes of an OKLab colour given as lightness, chroma and hue in degrees. */
function srgbOf(lightness: number, chroma: number, hue: number): [number, number, number] {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    coded(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
    coded(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
    coded(-0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short),
  ];
}

/** sRGB bytes of the map, three for each of `colourCount` values from the least to the most. */
export function colourTable(): Uint8Array {
  const table = new Uint8Array(3 * colourCount);
  for (let index = 0; index < colourCount; index++) {
    const t = index / (colourCount - 1);
    const chroma = 0.17 * Math.sin(Math.PI * Math.min(1, 0.06 + 0.86 * t)) ** 0.8;
    table.set(srgbOf(0.14 + 0.82 * t, chroma, (292 + 172 * t) % 360), 3 * index);
  }
  return table;
}
