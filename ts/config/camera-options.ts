import { choice, flag, integer, type Made, made, number, type OptionText, text } from './option.js';
import { defineTable, type GivenOptions } from './table.js';

/** Numbers, so many, as a list. */
function numbers<const X extends OptionText<number[]> & { count: number }>(words: X): Made<number[], X> {
  const accept = (value: unknown): number[] | undefined =>
    Array.isArray(value) && value.length === words.count && value.every((item) => Number.isFinite(item))
      ? value
      : undefined;
  return made<number[], X>(words, {
    placeholder: 'X,X,...',
    ...words,
    isSwitch: false,
    repeats: false,
    expected: `a list of ${words.count} numbers`,
    accept,
    parse: (given) => accept(given.split(',').map(Number)),
  });
}

/** A number above 0, or one of some words. */
function numberOr<const C extends readonly string[], const X extends OptionText<C[number] | number>>(
  choices: C,
  words: X,
): Made<C[number] | number, X> {
  const accept = (value: unknown): C[number] | number | undefined =>
    typeof value === 'number'
      ? Number.isFinite(value) && value > 0
        ? value
        : undefined
      : choices.find((known) => known === value);
  return made<C[number] | number, X>(words, {
    placeholder: [...choices, 'X'].join('|'),
    ...words,
    isSwitch: false,
    repeats: false,
    expected: `${choices.map((word) => `'${word}'`).join(', ')} or a number above 0`,
    accept,
    parse: (given) => accept(choices.some((word) => word === given) ? given : Number(given)),
  });
}

/** A number above 0, or three of them for R, G and B. */
function oneOrThree<const X extends OptionText<number | number[]>>(words: X): Made<number | number[], X> {
  const isAmount = (value: unknown): value is number => Number.isFinite(value) && Number(value) > 0;
  const accept = (value: unknown): number | number[] | undefined => {
    if (Array.isArray(value)) return value.length === 3 && value.every(isAmount) ? value : undefined;
    return isAmount(value) ? value : undefined;
  };
  return made<number | number[], X>(words, {
    placeholder: 'X|X,X,X',
    ...words,
    isSwitch: false,
    repeats: false,
    expected: 'a number above 0, or a list of 3 for R, G and B',
    accept,
    parse: (given) => accept(given.includes(',') ? given.split(',').map(Number) : Number(given)),
  });
}

/** 8 or 16. */
function depthOption<const X extends OptionText<8 | 16>>(words: X): Made<8 | 16, X> {
  const accept = (value: unknown): 8 | 16 | undefined => (value === 8 || value === 16 ? value : undefined);
  return made<8 | 16, X>(words, {
    placeholder: '8|16',
    ...words,
    isSwitch: false,
    repeats: false,
    expected: '8 or 16',
    accept,
    parse: (given) => accept(Number(given)),
  });
}

/** Names of the cameras that come with hyperlift. */
export const cameraPresets = ['ntire2022', 'ntire2020-clean', 'ntire2020-realworld'] as const;

/** The steps of a camera, in the order in which they are taken; a step that is not named is left out. */
export const cameraTable = defineTable({
  command: 'a camera',
  summary: 'how RGB is made of cubes',
  examples: [],
  options: {
    preset: choice(cameraPresets, {
      doc: 'the camera of a challenge; what is given beside it replaces its own',
    }),
    response: text({
      doc: 'camera response: the name of a table or a file; paths are relative to the file of the camera',
      placeholder: 'NAME|FILE',
      defaultDoc: 'cie1964, the CIE 1964 observer with the NTIRE gain',
    }),
    illuminant: text({
      doc: 'light on cubes of reflectance: A, E, D50, D65, a daylight such as D5500, a black body such as 3200K, or a CSV file `wavelength_nm,power`',
      placeholder: 'NAME|FILE',
      defaultDoc: 'none: the cube is taken as it is',
    }),
    whiteBalance: flag({
      doc: 'a white reflector under the illuminant is 1 in every channel; false: it has the colour of the light relative to E, its brightest channel at 1',
      default: true,
    }),
    exposure: numberOr(['auto'], {
      doc: 'factor on the linear values, or `auto`: brings a percentile of each image to a level',
      defaultDoc: '1',
    }),
    percentile: number({
      doc: 'which of the values of an image, over all channels, `auto` brings to the level',
      default: 99.5,
      above: 0,
      most: 100,
    }),
    level: number({ doc: 'where `auto` brings it', default: 0.95, above: 0, most: 1 }),
    mosaic: choice(['rggb', 'bggr', 'grbg', 'gbrg'], {
      doc: 'one channel a pixel, behind a Bayer filter that begins so in the upper left corner',
    }),
    electrons: oneOrThree({
      doc: 'electrons that are full scale, of all channels or of R, G and B: shot noise, Poisson of their number',
    }),
    meanElectrons: number({
      doc: 'electrons instead of `electrons`, by the scene: those of the mean of its green pixels (of the mosaic, else of all), exposed and without noise; a scene without green light has no noise',
      above: 0,
    }),
    readNoise: number({
      doc: 'standard deviation of Gaussian noise, in units of full scale',
      least: 0,
      most: 1,
    }),
    readElectrons: number({
      doc: 'standard deviation of Gaussian noise in electrons, instead of `readNoise`; needs `electrons` or `meanElectrons`',
      above: 0,
    }),
    clip: flag({
      doc: 'values beyond 0 and 1 are cut off, at the sensor and again before the tone curve; false: only where `depth` or `jpeg` cut them',
      default: true,
    }),
    bits: integer({ doc: 'bits of the sensor: rounds to 2^bits - 1 steps', least: 1, most: 16 }),
    demosaic: choice(['malvar', 'bilinear'], {
      doc: 'how missing channels are filled in: Malvar, He and Cutler 2004 (gradient-corrected), or means of neighbours',
      default: 'malvar',
    }),
    gains: numbers({ doc: 'factors of R, G and B, a white balance of the camera', count: 3 }),
    matrix: numbers({ doc: 'colour correction, 3 x 3, row by row, on columns R, G, B', count: 9 }),
    brightness: numberOr(['mean'], {
      doc: 'factor behind noise, demosaicing, gains and matrix, or `mean`: brings the mean over all pixels and channels to a level; the mean is that of the picture without noise and before demosaicing, with gains and matrix',
      defaultDoc: '1',
    }),
    meanLevel: number({ doc: 'where `mean` brings it', default: 0.18, above: 0, most: 1 }),
    curve: numberOr(['linear', 'srgb'], {
      doc: 'tone curve: linear, that of sRGB, or a gamma such as 2.2 (v^(1/2.2))',
      default: 'linear',
    }),
    depth: depthOption({
      doc: 'bits a channel of the finished picture: 8 or 16',
      defaultDoc: '8 for JPEG, else none: floats, which files hold in 16 bits',
    }),
    rounding: choice(['nearest', 'down'], {
      doc: 'how the finished picture comes to the whole numbers of its depth, or of JPEG',
      default: 'nearest',
    }),
    jpeg: integer({ doc: 'quality of a JPEG that the picture goes through', least: 1, most: 100 }),
  },
});

/** A camera in words, or in a file or script the object itself; what it holds is checked when it is read. */
export function cameraWords<const X extends OptionText<string | CameraGiven>>(
  words: X,
): Made<string | CameraGiven, X> {
  const accept = (value: unknown): string | CameraGiven | undefined => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject || (typeof value === 'string' && value !== '')
      ? (value as string | CameraGiven)
      : undefined;
  };
  return made<string | CameraGiven, X>(words, {
    placeholder: 'PRESET|FILE|JSON',
    ...words,
    isSwitch: false,
    repeats: false,
    expected: 'a preset, a file, JSON as text, or an object of steps',
    accept,
    parse: accept,
  });
}

/** A camera as a script or file gives it. */
export type CameraGiven = GivenOptions<typeof cameraTable>;
