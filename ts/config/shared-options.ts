import { cameraWords } from './camera-options.js';
import { choice, flag, integer, number, path, paths, text } from './option.js';

const machine = 'Machine';

/** Options that several commands take, written once. */
export const deviceOption = text({
  doc: 'where to compute: auto, cpu, cuda or cuda:N',
  default: 'auto',
  placeholder: 'DEVICE',
  group: machine,
});

export const threadsOption = integer({
  doc: 'threads of the computation',
  defaultDoc: 'the cores of the machine',
  least: 1,
  most: 1024,
  group: machine,
});

export const precisionOption = choice(['float32', 'bfloat16'], {
  doc: 'precision of the network; losses and optimizer stay in float32',
  default: 'float32',
  group: machine,
});

export const rgbOption = choice(['simulated', 'files'], {
  doc: 'RGB of a cube: computed with the camera response, or read from the image file beside it',
  default: 'simulated',
  group: 'Data',
});

export const rgbFolderOption = paths({
  doc: 'folder of the pictures for --rgb files, where they are neither beside the cubes nor where a known layout has them; may be repeated',
  placeholder: 'DIR',
  group: 'Data',
});

export const responseOption = text({
  doc: "camera response: cie1964, cie1931, nikon-d40, nikon-d700, a CSV file 'wavelength_nm,R,G,B', or an N x 3 array in .npy, .npz or .mat (FILE@400-700 where it names no wavelengths)",
  placeholder: 'NAME|FILE',
  group: 'Data',
});

export const cameraOption = cameraWords({
  doc: 'how RGB is made of cubes beyond the response: ntire2022, ntire2020-clean, ntire2020-realworld, a JSON file, or JSON such as {"illuminant": "A", "bits": 8}',
  defaultDoc: 'the response alone',
  group: 'Data',
});

export const variableOption = text({
  doc: 'array to take from .mat files that hold several',
  placeholder: 'NAME',
  group: 'Data',
});

export const kernelOption = text({
  doc: 'blur before downsampling: a CSV table, a Gaussian by its deviations in pixels (and angle), or the whole degradation of 3D-FCNN',
  placeholder: 'FILE.csv|gaussian:SIGMA|gaussian:S1,S2,ANGLE|point-spread',
  defaultDoc: 'none, bicubic downsampling alone',
});

/** How the axes of a cube lie, where files do not say, or say it wrongly. */
export const axesOption = choice(['hwb', 'whb', 'hbw', 'wbh', 'bhw', 'bwh'], {
  doc: 'order of the stored axes (h height, w width, b bands)',
  defaultDoc: 'settled by what the file says',
  group: 'Data',
});

/** The containers of `formatWords()`; a test holds the two together. */
export const formatOption = choice(['mat', 'mat73', 'envi', 'npy', 'npz', 'tiff', 'png'], {
  doc: 'container of the cube: MATLAB v5 or v7.3, ENVI, NPY, TIFF, or a folder of 16-bit PNGs (CAVE)',
  defaultDoc: 'by the name of --out, else mat',
});

export const splitOption = text({
  doc:
    'scenes to hold back instead of drawing them: unssr-cave, dualsr-cave, dualsr-harvard, ntire2020, ntire2022, ' +
    'of one scene by area (train and evaluate) strip, sspsr-chikusei, or a text file of names, one a line',
  placeholder: 'NAME|FILE',
  group: 'Data',
});

export const datasetOption = text({
  doc: 'published data set that the files are of, for what they do not say: auto, none, or a name of hyperlift datasets',
  placeholder: 'NAME',
  defaultDoc: 'auto: told by the layout, and reported',
  group: 'Data',
});

export const fullScaleOption = number({
  doc: 'value of the files that becomes 1',
  above: 0,
  defaultDoc: '65535 for 16 bits, 255 for 8, 1 for floats',
  group: 'Data',
});

export const cacheLimitOption = text({
  doc: 'what the cache of decoded scenes may take on the disk, such as 50GiB; scenes used longest ago make room',
  defaultDoc: 'half of what is free',
  placeholder: 'SIZE',
  group: 'Data',
});

/** What every command takes on the command line, and no script or configuration file needs. */
export const consoleOptions = {
  config: path({
    doc: 'JSON file with options by their names; flags win over it',
    placeholder: 'FILE',
    group: 'Console',
  }),
  json: flag({ doc: 'print one JSON event a line on standard output', group: 'Console' }),
  verbose: flag({ doc: 'show stack traces of errors', group: 'Console' }),
  help: flag({ doc: 'show this text', group: 'Console' }),
};
