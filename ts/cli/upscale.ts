import { upscaleTable } from '../config/index.js';
import { defineCommand } from './command.js';
import { openProgress } from './progress.js';
import { showTiles, tilesIn } from './reconstruct.js';

/** `hyperlift upscale` */
export const command = defineCommand(upscaleTable, async (options, console) => {
  const { upscale } = await import('../upscale/index.js');
  const progress = await openProgress(console);
  try {
    const { cubes } = await upscale({
      ...options,
      signal: console.signal,
      onProgress: (event) => {
        if (console.json) console.event(event);
        else if (event.type === 'start') {
          const { image, height, width, bands } = event;
          progress.say(`${image}: ${height}x${width} pixels, ${bands} bands, ${tilesIn(event)}`);
        } else showTiles(event, progress);
      },
    });
    progress.end();
    if (!console.json) {
      for (const { cube, pictures } of cubes) for (const file of [cube, ...pictures]) console.print(file);
    }
  } finally {
    progress.end();
  }
  return undefined;
});
