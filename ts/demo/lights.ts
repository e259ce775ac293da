import { daylight, illuminants } from '../degrade/index.js';

/** Wavelengths of the demonstration's bands, nm. */
export const demoWavelengths: readonly number[] = Array.from({ length: 31 }, (_, band) => 400 + 10 * band);

/** Daylight of a colour temperature as seen by a camera that is balanced for D65: the ratio of the two, 1 at 560 nm. A white
 * surface in such light has this spectrum in a cube whose values are reflectance under D65, as CAVE's are. */
export function lightUnderD65(kelvin: number): Float64Array {
  const white = illuminants.D65(demoWavelengths);
  return daylight(kelvin, demoWavelengths).map((power, band) => power / (white[band] ?? 1));
}
