import { nearest } from '../config/suggest.js';
import { ConfigError } from '../errors.js';

const known = ['mrae', 'l1', 'mse', 'rmse', 'sam', 'spatialTv', 'spectralTv'] as const;

/** The weights of a mixture such as `l1+0.1*sam`, by term.
 * @throws {ConfigError} `CONFIG_TYPE` for a term or weight that is none. */
export function readLossTerms(words: string): Record<string, number> {
  const terms: Record<string, number> = {};
  for (const part of words.split('+')) {
    const match = /^(?:([\d.]+(?:e-?\d+)?)\*)?([a-z]\w*)$/i.exec(part.trim());
    const [weight, name] = [
      Number(match?.[1] ?? 1),
      known.find((term) => term.toLowerCase() === match?.[2]?.toLowerCase()),
    ];
    if (name === undefined || !Number.isFinite(weight)) throw wrongTerm(words, part.trim(), match?.[2]);
    terms[name] = (terms[name] ?? 0) + weight;
  }
  return terms;
}

function wrongTerm(words: string, part: string, name: string | undefined): ConfigError {
  const near = name === undefined ? undefined : nearest(name, known);
  const hint =
    near === undefined
      ? `expected ${known.join(', ')} or a mixture such as l1+0.1*sam`
      : `did you mean ${near}?`;
  return new ConfigError('CONFIG_TYPE', `loss '${words}': '${part}' is no term; ${hint}`);
}
