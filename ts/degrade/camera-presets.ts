import type { CameraGiven, cameraPresets } from '../config/camera-options.js';

/** The cameras of the NTIRE challenges on spectral recovery, as far as they are known; each is a starting point, any step of which
 * can be replaced.
 *
 * `ntire2020-clean`: the noise-free track of NTIRE 2020 (and 2018): the CIE 1964 observer with the challenge's gain, rounded to 8 bits,
 * not compressed. This is how the published pairs were made.
 *
 * `ntire2020-realworld`: the track "real world" of NTIRE 2020. Its report names the steps (a camera's response, mosaic, noise, demosaicing,
 * JPEG) but the response of the challenge was kept secret: here the Nikon D40 of the scoring code's example. Amounts of noise,
 * demosaicing and quality are ours.
 *
 * `ntire2022`: NTIRE 2022 (ARAD_1K): the response of a machine-vision camera, brought to an exposure, mosaic, shot noise by a number of
 * electrons, dark noise, demosaicing, 8-bit JPEG of quality 65. Known are the steps, their order and the quality; the electrons,
 * the dark noise and the exposure are ours, and the demosaicing is Malvar, He and Cutler's where the challenge had Menon's. Its
 * response, `RGB_Camera_QE.csv` of boazarad/NTIRE2022_spectral, is under the GPL-3.0 and no part of hyperlift: give that file as
 * `response`. Images made so resemble those of the challenge, and are not the same. */
export const presetCameras: Readonly<Record<(typeof cameraPresets)[number], CameraGiven>> = {
  'ntire2020-clean': { response: 'cie1964', depth: 8 },
  'ntire2020-realworld': {
    response: 'nikon-d40',
    mosaic: 'rggb',
    electrons: 5000,
    readNoise: 0.002,
    demosaic: 'bilinear',
    jpeg: 90,
  },
  ntire2022: {
    exposure: 'auto',
    mosaic: 'rggb',
    electrons: 1000,
    readNoise: 0.002,
    demosaic: 'malvar',
    jpeg: 65,
  },
};
