/** What a conversion tells while it goes. */
export type ConvertEvent =
  | { type: 'notice'; text: string }
  | { type: 'start'; from: string; to: string; bands: number; height: number; width: number; dtype: string }
  | { type: 'lines'; done: number; total: number; lines: 'rows' | 'columns' }
  | { type: 'done'; to: string; seconds: number };
