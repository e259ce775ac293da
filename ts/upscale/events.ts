import type { ReconstructEvent } from '../reconstruct/index.js';

/** What an enlargement tells while it goes: the events of a reconstruction, `image` being the low-resolution cube. */
export type UpscaleEvent = ReconstructEvent;
