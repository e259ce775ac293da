/** What a preparation tells while it goes. */
export type PrepareEvent =
  | { type: 'notice'; text: string }
  | { type: 'start'; training: number; heldBack: number; samples: number }
  | {
      type: 'samples';
      scene: string;
      done: number;
      total: number;
      perSecond: number;
      remainingSeconds: number;
    }
  | { type: 'done'; samples: number; seconds: number };
