import { type ProtocolName, protocols, scoreNames } from './protocol.js';
import { formsOf } from './protocol-definition.js';

/** A protocol in words: what `hyperlift evaluate --explain` says. */
export interface Explanation {
  protocol: ProtocolName;
  protocolVersion: number;
  about: string;
  source: string;
  /** What e, t and B stand for, and which part of a cube counts. */
  cubes: string;
  /** The formula of each score, and whether the source defines it (else it is as in `field`). */
  scores: { name: (typeof scoreNames)[number]; formula: string; defined: boolean }[];
}

/** What a protocol computes, from the definitions that compute it. */
export function explanationOf(name: ProtocolName): Explanation {
  const protocol = protocols[name];
  const { version, about, source, clip, margin, defines } = protocol;
  const forms = formsOf(protocol);
  const { bands = 0, pixels = 0 } = margin ?? {};
  const left = [...(bands > 0 ? [`${bands} bands`] : []), ...(pixels > 0 ? [`${pixels} pixels`] : [])];
  const outside = left.length === 0 ? '' : `; without ${left.join(' and ')} at each border`;
  return {
    protocol: name,
    protocolVersion: version,
    about,
    source,
    cubes: `e: the result, ${clip ? 'cut to [0, 1]' : 'as it is'}; t: the true cube, scaled to [0, 1]; B bands${outside}`,
    scores: scoreNames.map((score) => ({
      name: score,
      formula: forms[score].formula,
      defined: defines.includes(score),
    })),
  };
}

/** The same as lines of text. */
export function explainProtocol(name: ProtocolName): string {
  const { protocol, protocolVersion, about, source, cubes, scores } = explanationOf(name);
  const width = Math.max(...scores.map((score) => score.name.length));
  const all = scores.every(({ defined }) => defined);
  return [
    `protocol ${protocol}, version ${protocolVersion}: ${about}`,
    `from: ${source}`,
    cubes,
    ...scores.map(
      (score) => `${score.name.padEnd(width)}  ${score.formula}${score.defined ? '' : ' [as in field]'}`,
    ),
    ...(all ? [] : ['[as in field]: not among the scores of this source, given as the field has them']),
  ].join('\n');
}
