import { reconstructTable } from '../config/index.js';
import type { ReconstructEvent } from '../reconstruct/index.js';
import { defineCommand } from './command.js';
import { openProgress, type Progress } from './progress.js';

/** `hyperlift reconstruct` */
export const command = defineCommand(reconstructTable, async (options, console) => {
  const { reconstruct } = await import('../reconstruct/index.js');
  const progress = await openProgress(console);
  try {
    const result = await reconstruct({
      ...options,
      signal: console.signal,
      onProgress: (event) => {
        if (console.json) console.event(event);
        else showTiles(event, progress);
      },
    });
    progress.end();
    if (!console.json) {
      for (const { cube, uncertainty, pictures } of result.images) {
        for (const file of [cube, ...(uncertainty === null ? [] : [uncertainty]), ...pictures])
          console.print(file);
      }
    }
  } finally {
    progress.end();
  }
  return undefined;
});

/** Shows the tiles of an image or cube as they are done. */
export function showTiles(event: ReconstructEvent, progress: Progress): void {
  if (event.type === 'notice') progress.say(`note: ${event.text}`);
  if (event.type === 'start') {
    const { image, height, width, bands } = event;
    progress.say(`${image}: ${height}x${width} pixels to ${bands} bands, ${tilesIn(event)}`);
  }
  if (event.type === 'tiles') {
    const { done, total, tilesPerSecond: perSecond, remainingSeconds } = event;
    progress.show({ done, total, unit: 'tiles', perSecond, remainingSeconds });
  }
}

/** How many tiles an image or cube goes through in, and of what side. */
export function tilesIn({ tiles, tile }: { tiles: number; tile: number }): string {
  return `${tiles} ${tiles === 1 ? 'tile' : 'tiles'} of ${tile}`;
}
