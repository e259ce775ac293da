/** What a simulation tells while it goes. */
export type SimulateEvent =
  | { type: 'start'; cubes: number; camera: string; response: string; illuminant: string | null }
  | {
      type: 'rows';
      cube: string;
      done: number;
      total: number;
      perSecond: number;
      remainingSeconds: number;
    }
  | { type: 'file'; cube: string; file: string; height: number; width: number };
