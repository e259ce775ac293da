/** CIE daylight by its formula: the mean S0 and the two components S1 and S2 of Judd, MacAdam and Wyszecki (1964), as
 * published in CIE 15, at 400..700 nm in steps of 10 nm. */
const s0 = [
  94.8, 104.8, 105.9, 96.8, 113.9, 125.6, 125.5, 121.3, 121.3, 113.5, 113.1, 110.8, 106.5, 108.8, 105.3,
  104.4, 100.0, 96.0, 95.1, 89.1, 90.5, 90.3, 88.4, 84.0, 85.1, 81.9, 82.6, 84.9, 81.3, 71.9, 74.3,
];
const s1 = [
  43.4, 46.3, 43.9, 37.1, 36.7, 35.9, 32.6, 27.9, 24.3, 20.1, 16.2, 13.2, 8.6, 6.1, 4.2, 1.9, 0.0, -1.6, -3.5,
  -3.5, -5.8, -7.2, -8.6, -9.5, -10.9, -10.7, -12.0, -14.0, -13.6, -12.0, -13.3,
];
const s2 = [
  -1.1, -0.5, -0.7, -1.2, -2.6, -2.9, -2.8, -2.6, -2.6, -1.8, -1.5, -1.3, -1.2, -1.0, -0.5, -0.3, 0.0, 0.2,
  0.5, 2.1, 3.2, 4.1, 4.7, 5.1, 6.7, 7.3, 8.6, 9.8, 10.2, 8.3, 9.6,
];

/** Wavelengths at which daylight is given, in nm. */
export const daylightWavelengths: readonly number[] = s0.map((_, index) => 400 + 10 * index);

/** Spectral power of daylight of a correlated colour temperature of 4000 to 25000 K, 100 at 560 nm (CIE 15: chromaticity
 * on the daylight locus, then S0 + M1 S1 + M2 S2). D65 is 6504 K. */
export function daylight(kelvin: number): number[] {
  const per = 1000 / kelvin;
  const x =
    kelvin <= 7000
      ? 0.244063 + 0.09911 * per + 2.9678 * per ** 2 - 4.607 * per ** 3
      : 0.23704 + 0.24748 * per + 1.9018 * per ** 2 - 2.0064 * per ** 3;
  const y = -3 * x ** 2 + 2.87 * x - 0.275;
  const scale = 0.0241 + 0.2562 * x - 0.7341 * y;
  const m1 = (-1.3515 - 1.7703 * x + 5.9114 * y) / scale;
  const m2 = (0.03 - 31.4424 * x + 30.0717 * y) / scale;
  return s0.map((mean, index) => mean + m1 * (s1[index] ?? 0) + m2 * (s2[index] ?? 0));
}

/** Light of a colour temperature as seen by a camera that is balanced for D65: the ratio of the two, 1 at 560 nm. A white
 * surface in such light has this spectrum in a cube whose values are reflectance under D65, as CAVE's are. */
export function lightUnderD65(kelvin: number): Float64Array {
  const white = daylight(6504);
  return Float64Array.from(daylight(kelvin), (power, index) => power / (white[index] ?? 1));
}
