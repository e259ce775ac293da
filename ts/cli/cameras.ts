import { cameraPresets } from '../config/index.js';
import { defineTable } from '../config/table.js';
import { defineCommand } from './command.js';

const table = defineTable({
  command: 'cameras',
  summary: 'list camera responses, cameras and illuminants',
  about:
    'The names that --response, --camera and --illuminant take, the responses with wavelengths, licence and source. A file of your own can stand in ' +
    'the place of each.',
  examples: [
    { does: 'all of them', line: 'hyperlift cameras' },
    { does: 'with the steps of each camera, for a machine', line: 'hyperlift cameras --json' },
  ],
  options: {},
});

/** `hyperlift cameras` */
export const command = defineCommand(table, async (_options, console) => {
  const { illuminantWords, presetCameras, responseTables } = await import('../degrade/index.js');
  const responses = responseTables();
  if (console.json) {
    console.event({ responses, cameras: presetCameras, illuminants: illuminantWords });
    return undefined;
  }
  const rows = responses.map(({ name, title, from, to, step, licence, source }) => [
    name,
    title,
    `${from} to ${to} nm, step ${step}`,
    licence,
    source,
  ]);
  const widths = [0, 1, 2, 3].map((i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  console.print('responses');
  for (const row of rows) {
    console.print(`  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`);
  }
  console.print(`cameras\n  ${cameraPresets.join(', ')}`);
  console.print(`illuminants\n  ${illuminantWords.join(', ')}`);
  return undefined;
});
