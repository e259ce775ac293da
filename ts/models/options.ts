import { didYouMean } from '../config/suggest.js';
import { ModelError } from '../errors.js';
import type { ModelOptions, NativeOptionFact, OptionValue } from '../native/types.js';
import type { ModelFacts } from './facts.js';

const accepts: Record<NativeOptionFact['type'], (value: unknown) => boolean> = {
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isSafeInteger,
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  string: (value) => typeof value === 'string',
  integers: (value) => Array.isArray(value) && value.every(Number.isSafeInteger),
};

function isValueOf(fact: NativeOptionFact, value: unknown): value is OptionValue {
  const listed = fact.choices.length === 0 || fact.choices.some((choice) => choice === value);
  return accepts[fact.type](value) && listed;
}

function expected(fact: NativeOptionFact): string {
  if (fact.choices.length > 0) return `one of ${fact.choices.join(', ')}`;
  const words = { boolean: 'true or false', string: 'a text', integers: 'a list of whole numbers' };
  return fact.type === 'integer' ? 'a whole number' : fact.type === 'number' ? 'a number' : words[fact.type];
}

/** Checks options given by our names and fills in the preset's values; defaults are left to the network.
 * @throws {ModelError} `MODEL_OPTION` for an unknown name (with the nearest right one) or an ill-typed value,
 * `MODEL_PRESET`. */
export function checkOptions(
  facts: ModelFacts,
  options: Readonly<Record<string, unknown>>,
  preset?: string,
): ModelOptions {
  const result: Record<string, OptionValue> = { ...presetOptions(facts, preset) };
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const fact = facts.options.find((known) => known.name === name);
    if (fact === undefined) {
      const names = facts.options.map((known) => known.name);
      throw new ModelError(
        'MODEL_OPTION',
        `network ${facts.id} has no option '${name}'${didYouMean(name, names)}`,
      );
    }
    if (!isValueOf(fact, value)) {
      throw new ModelError(
        'MODEL_OPTION',
        `network ${facts.id}: option ${name} is ${JSON.stringify(value)}, expected ${expected(fact)}`,
      );
    }
    result[name] = value;
  }
  return result;
}

function presetOptions(facts: ModelFacts, name: string | undefined): ModelOptions {
  if (name === undefined) return {};
  const found = facts.presets.find((preset) => preset.name === name);
  if (found !== undefined) return found.options;
  const names = facts.presets.map((preset) => preset.name);
  const known = names.length === 0 ? ': it has none' : didYouMean(name, names);
  throw new ModelError('MODEL_PRESET', `network ${facts.id} has no preset '${name}'${known}`);
}

/** The options that build a network of fixed size (`facts.size.fixed`) for images of this one, or of the next size that its
 * architecture allows; none for any other network. */
export function sizeOptions({ size }: ModelFacts, height: number, width: number): ModelOptions {
  const allowed = (side: number): number => Math.ceil(side / size.multiple) * size.multiple;
  return size.fixed ? { imageHeight: allowed(height), imageWidth: allowed(width) } : {};
}

/** Reads a published configuration: the constructor arguments of the authors' code, or our own names. What is neither
 * (settings of a training script, say) comes back in `rest`. Lists of lists are read as one list. */
export function optionsFromAuthors(
  facts: ModelFacts,
  config: Readonly<Record<string, unknown>>,
): { options: ModelOptions; rest: Record<string, unknown> } {
  const options: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(config)) {
    const fact = facts.options.find((known) => known.authorName === name || known.name === name);
    if (fact === undefined) rest[name] = value;
    else options[fact.name] = Array.isArray(value) ? value.flat() : value;
  }
  return { options: checkOptions(facts, options), rest };
}
