/** Scores of one method: PSNR, SSIM, SAM. */
export type Figures = readonly [psnr: number, ssim: number, sam: number];

/** The columns of the paper's tables, in their order, with their heads. */
export const methodTitles: Readonly<Record<string, string>> = {
  bicubic: 'Bicubic',
  fcnn3d: '3D-FCNN',
  edsr: 'EDSR',
  sspsr: 'SSPSR',
  mcnet: 'MCNet',
  sfcsr: 'SFCSR',
  ercsr: 'ERCSR',
  coarsr: 'CoarSR',
  dualsr: 'DualSR',
};

/** Scores that the paper states (Li, Yuan, Jia, Wang, IEEE TIP 2022, tables VI and VII), by scale, in the order of {@link methodTitles}.
 * Its split of the scenes is not published, and the PSNR of DualSR at scale 8 is the same in both tables, so one may be a slip. */
export const publishedFigures: Readonly<
  Record<'cave' | 'harvard', Readonly<Record<number, readonly Figures[]>>>
> = {
  cave: {
    4: [
      [35.755, 0.9071, 3.944],
      [37.626, 0.9195, 3.36],
      [38.587, 0.9292, 3.804],
      [38.366, 0.9272, 3.484],
      [39.026, 0.9319, 3.292],
      [39.192, 0.9321, 3.221],
      [39.224, 0.9322, 3.243],
      [39.665, 0.9328, 3.152],
      [39.813, 0.9339, 3.13],
    ],
    8: [
      [31.805, 0.8485, 5.291],
      [32.956, 0.86, 4.384],
      [31.554, 0.8233, 10.67],
      [34.151, 0.8718, 4.831],
      [35.32, 0.8833, 4.423],
      [35.294, 0.8828, 4.378],
      [35.102, 0.8824, 4.445],
      [35.475, 0.8828, 4.269],
      [35.628, 0.8862, 4.4107],
    ],
  },
  harvard: {
    4: [
      [37.227, 0.9122, 2.531],
      [38.143, 0.9188, 2.363],
      [39.175, 0.9324, 2.56],
      [39.293, 0.9333, 2.448],
      [40.081, 0.9367, 2.41],
      [40.077, 0.9373, 2.407],
      [40.211, 0.9374, 2.384],
      [40.312, 0.9405, 2.384],
      [40.54, 0.9423, 2.372],
    ],
    8: [
      [33.275, 0.8518, 2.884],
      [33.363, 0.8448, 2.726],
      [34.068, 0.8598, 3.051],
      [34.435, 0.8676, 2.899],
      [34.927, 0.8732, 2.957],
      [35.097, 0.8737, 2.911],
      [35.138, 0.8733, 2.888],
      [35.252, 0.8755, 2.794],
      [35.628, 0.8799, 2.774],
    ],
  },
};
