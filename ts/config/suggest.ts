import { distance } from 'fastest-levenshtein';

/** The candidate nearest to `name` by edits, or undefined where none is near enough to be a slip of the keys. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_ ]/g, '');
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = distance(plain(name), plain(candidate));
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

/** `; did you mean X?` for the nearest candidate, else the list of all of them where it is short. */
export function didYouMean(name: string, candidates: readonly string[], prefix = ''): string {
  const found = nearest(name, candidates);
  if (found !== undefined) return `; did you mean ${prefix}${found}?`;
  if (candidates.length === 0 || candidates.length > 12) return '';
  return `; expected one of ${candidates.map((candidate) => prefix + candidate).join(', ')}`;
}
