import type { ReconstructEvent } from './events.js';
import { planPublishedPass } from './published-plan.js';
import { planAxis } from './tile-plan.js';

/** Counts tiles and tells how it goes. */
export class TileProgress {
  private done = 0;
  private readonly started = performance.now();
  private readonly total: number;

  constructor(
    private readonly image: string,
    private readonly size: { height: number; width: number },
    private readonly tiles: { tile: number; overlap: number },
    tiling: 'blended' | 'published',
    private readonly report: (event: ReconstructEvent) => void,
    /** Tiles of a second network that sees the same image. */
    companion: { tile: number; overlap: number } | null = null,
  ) {
    const own = tiling === 'blended' ? blendedCount(size, tiles) : publishedCount(size, tiles.tile);
    this.total = own + (companion === null ? 0 : blendedCount(size, companion));
  }

  start(bands: number): void {
    const { image, total } = this;
    const { height, width } = this.size;
    const { tile, overlap } = this.tiles;
    this.report({ type: 'start', image, height, width, bands, tile, overlap, tiles: total });
  }

  add(count: number): void {
    this.done += count;
    const seconds = (performance.now() - this.started) / 1000;
    const tilesPerSecond = this.done / Math.max(seconds, 1e-6);
    const remainingSeconds = (this.total - this.done) / tilesPerSecond;
    const { image, done, total } = this;
    this.report({ type: 'tiles', image, done, total, tilesPerSecond, remainingSeconds });
  }
}

type Size = { height: number; width: number };

function blendedCount({ height, width }: Size, { tile, overlap }: { tile: number; overlap: number }): number {
  return planAxis(height, tile, overlap).starts.length * planAxis(width, tile, overlap).starts.length;
}

/** Two passes, each of the image and of its mirror image. */
function publishedCount({ height, width }: Size, tile: number): number {
  const pass = (h: number, w: number): number => planPublishedPass(h, w, tile, tile).corners.length;
  const half = Math.floor(tile / 2);
  return 2 * (pass(height, width) + pass(height - half, width - half));
}
