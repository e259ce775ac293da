import type { CameraGiven, cameraPresets } from '../config/camera-options.js';

/** The cameras of the NTIRE challenges on spectral recovery, after their public code; each is a starting point, any step of which
 * can be replaced.
 *
 * `ntire2020-clean`, exact: the noise-free track of NTIRE 2020 (and 2018): the CIE 1964 observer with the challenge's gain, divided by
 * 256 (not 255), cut to [0, 1], truncated to 8 bits, not compressed.
 *
 * `ntire2020-realworld`: the steps of the track "real world" of NTIRE 2020 with the example values of its code, since response and
 * noise of the challenge were kept secret: Nikon D40, RGGB, 5000 electrons at the mean of the green pixels, dark noise of 100 electrons,
 * 16 bits, truncated to 8, JPEG of quality 80. Demosaicing is Malvar, He and Cutler's where the code has OpenCV's edge-aware one.
 *
 * `ntire2022`: NTIRE 2022 (ARAD_1K): no mosaic, no dark noise; shot noise, then the mean of the image brought to 0.18, truncated to 8
 * bits, JPEG of quality 65. 750 electrons (a unit of the code's RGB) and the quality are the published sample values, "similar to, but not
 * identical" with those of the challenge. Its response, `RGB_Camera_QE.csv` of boazarad/NTIRE2022_spectral, is under the GPL-3.0 and no part
 * of hyperlift: give that file as `response`. Electrons and gains here hold for it at 400 to 700 nm in steps of 10; two greens are
 * averaged where the code takes the first, which moves about a tenth of the values by one step (a file with the columns R, G1 and B alone
 * does not). Bytes also depend on the generator of the noise and the JPEG encoder. */
export const presetCameras: Readonly<Record<(typeof cameraPresets)[number], CameraGiven>> = {
  'ntire2020-clean': { response: 'cie1964', exposure: 255 / 256, depth: 8, rounding: 'down' },
  'ntire2020-realworld': {
    response: 'nikon-d40',
    mosaic: 'rggb',
    meanElectrons: 5000,
    readElectrons: 100,
    bits: 16,
    demosaic: 'malvar',
    rounding: 'down',
    jpeg: 80,
  },
  // The challenge's channels are 8.63191, 8.61393 and 9.26781 times ours, whose columns sum to 255: its gains 2.2933984, 1 and
  // 1.62308182 by the sums of the columns R, G1 and B. Electrons are 750 times that, gains their ratio to green.
  ntire2022: {
    electrons: [6473.93, 6460.45, 6950.85],
    clip: false,
    gains: [1.002088, 1, 1.075909],
    brightness: 'mean',
    rounding: 'down',
    jpeg: 65,
  },
};
