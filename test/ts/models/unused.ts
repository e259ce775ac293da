import type { ModelFacts } from '../../../ts/models/index.js';

/** Whether a key is one of those that receive no gradient. */
export function isUnused(facts: Pick<ModelFacts, 'unused'>, key: string): boolean {
  const patterns = facts.unused.map((text) => text.replaceAll('.', '\\.').replaceAll('*', '[^.]+'));
  return patterns.some((pattern) => new RegExp(`^${pattern}$`).test(key));
}
