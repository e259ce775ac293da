import { choice, integer, path, text, texts } from './option.js';
import { cameraOption, fullScaleOption, responseOption, variableOption } from './shared-options.js';
import { convertTable } from './convert-options.js';
import { defineTable, type GivenOptions } from './table.js';

const { axes, wavelengths } = convertTable.options;

/** The options of `hyperlift simulate` and of `simulate()`. */
export const simulateTable = defineTable({
  command: 'simulate',
  summary: 'make RGB images of cubes, as a camera would',
  about:
    'Without --camera the picture is the plain projection of the cube through a camera response, linear, in 16 bits. A camera adds light, exposure, ' +
    'mosaic, noise, demosaicing, colour correction, a tone curve and JPEG, each only where it is named (see Cameras in docs/options.md). ' +
    'The same cube, camera and seed give the same bytes. Cubes are read in strips of rows.',
  positional: { name: 'cubes', placeholder: 'CUBE...' },
  required: ['cubes', 'out'],
  examples: [
    { does: 'the RGB of a scene', line: 'hyperlift simulate balloons_ms --out balloons.png' },
    {
      does: 'a folder of scenes under tungsten light, through a noisy camera, as JPEG',
      line: `hyperlift simulate CAVE --out rgb --camera '{"response": "nikon-d700", "illuminant": "A", "mosaic": "rggb", "electrons": 2000, "jpeg": 90}'`,
    },
    {
      does: 'the clean track of NTIRE 2020',
      line: 'hyperlift simulate scene.mat --out scene.png --camera ntire2020-clean',
    },
  ],
  options: {
    cubes: texts({ doc: 'cubes, or folders of scenes', placeholder: 'CUBE', flag: 'cube' }),
    out: path({
      doc: 'a picture for one cube (.png, .jpg, .tif, .npy), else a folder',
      placeholder: 'PATH|DIR',
    }),
    camera: cameraOption,
    response: { ...responseOption, defaultDoc: "the camera's, else cie1964" },
    illuminant: text({
      doc: "light on cubes of reflectance, instead of the camera's: A, E, D50, D65, D5500, 3200K or a CSV file",
      placeholder: 'NAME|FILE',
      defaultDoc: "the camera's, else none",
      group: 'Data',
    }),
    seed: integer({ doc: "seed of the camera's noise", default: 0, least: 0 }),
    format: choice(['png', 'jpg', 'tif', 'npy'], {
      doc: 'kind of picture; jpg needs a camera that makes JPEG, npy keeps floats where the camera has no depth',
      defaultDoc: 'by the name of --out, else jpg where the camera makes JPEG, else png',
    }),
    variable: variableOption,
    axes,
    wavelengths,
    fullScale: fullScaleOption,
  },
});

/** Options of a simulation as a script or configuration file gives them. */
export type SimulateGiven = GivenOptions<typeof simulateTable>;
