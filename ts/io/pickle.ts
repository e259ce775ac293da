import { ModelError } from '../errors.js';
import { PickleBytes } from './pickle-bytes.js';

/** What a pickle may hold here: plain values and containers, and what the caller makes of the classes it allows. Tuples
 * come as arrays. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>
  | PickleObject;

/** A value of the caller's: tensors, storages, classes. */
export interface PickleObject {
  readonly kind: string;
}

/** What may be done with names in a pickle. Everything else is refused: a pickle can name any function of the machine
 * that loads it, and this one calls none. */
export interface PickleRules {
  /** The value for a class or function named by the pickle; refuses by throwing. */
  global(module: string, name: string): PickleObject;
  /** Calls one of {@link global}'s values. */
  reduce(callee: PickleObject, parameters: PickleValue[]): PickleValue;
  /** Sets the state of an object. */
  build(object: PickleValue, state: PickleValue): PickleValue;
  /** The value for an id that the file keeps outside the pickle. */
  persistent(id: PickleValue): PickleValue;
}

const mark = Symbol('mark');
type Item = PickleValue | typeof mark;

function littleEndianInteger(bytes: Buffer): number | bigint {
  if (bytes.length === 0) return 0;
  const hex = Buffer.from(bytes).reverse().toString('hex');
  const value = BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`));
  return narrow(value);
}

/** Text of the oldest protocol: Latin-1, other characters as \uXXXX or \UXXXXXXXX. */
function oldestText(line: string): string {
  const escapes = /\\u([0-9a-fA-F]{4})|\\U(00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})/g;
  return line.replace(escapes, (_, short?: string, long?: string) => {
    return String.fromCodePoint(Number.parseInt(short ?? long ?? '0', 16));
  });
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A pickle machine that builds data and nothing else. Reads one pickle from `start` on.
 * @returns the value, and where the pickle ends.
 * @throws {ModelError} `CHECKPOINT_TRUNCATED`, `CHECKPOINT_DAMAGED`, and what the rules throw. */
export function unpickle(
  file: string,
  bytes: Buffer,
  start: number,
  rules: PickleRules,
): { value: PickleValue; end: number } {
  return new Machine(new PickleBytes(file, bytes, start), rules).run();
}

class Machine {
  private readonly stack: Item[] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(
    private readonly bytes: PickleBytes,
    private readonly rules: PickleRules,
  ) {}

  run(): { value: PickleValue; end: number } {
    const stop = 0x2e;
    for (let code = this.bytes.byte(); code !== stop; code = this.bytes.byte()) {
      const step = steps[String.fromCharCode(code)];
      if (step === undefined) {
        const at = this.bytes.at - 1;
        throw this.damaged(
          `operation 0x${code.toString(16).padStart(2, '0')} at byte ${at} is not one it reads`,
        );
      }
      step(this, this.bytes);
    }
    return { value: this.pop(), end: this.bytes.at };
  }

  damaged(what: string): ModelError {
    return new ModelError('CHECKPOINT_DAMAGED', `${this.bytes.file}: not a sound pickle of weights: ${what}`);
  }

  push(value: Item): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined || value === mark) throw this.damaged('its stack is empty');
    return value;
  }

  top(): PickleValue {
    const value = this.stack.at(-1);
    if (value === undefined || value === mark) throw this.damaged('its stack is empty');
    return value;
  }

  /** Everything above the last mark. */
  popToMark(): PickleValue[] {
    const at = this.stack.lastIndexOf(mark);
    if (at < 0) throw this.damaged('a mark is missing');
    const items = this.stack.splice(at);
    return items.filter((item) => item !== mark);
  }

  remember(index: number): void {
    this.memo.set(index, this.top());
  }

  rememberNext(): void {
    this.remember(this.memo.size);
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw this.damaged(`memo ${index} is empty`);
    this.push(value);
  }

  text(): string {
    const value = this.pop();
    if (typeof value !== 'string') throw this.damaged('a name that is not text');
    return value;
  }

  setItems(items: readonly PickleValue[]): void {
    const target = this.top();
    if (!(target instanceof Map) || items.length % 2 !== 0)
      throw this.damaged('items for something that is no dict');
    for (let i = 0; i < items.length; i += 2) target.set(items[i] ?? null, items[i + 1] ?? null);
  }

  append(items: readonly PickleValue[]): void {
    const target = this.top();
    if (!Array.isArray(target)) throw this.damaged('items for something that is no list');
    for (const item of items) target.push(item);
  }

  add(items: readonly PickleValue[]): void {
    const target = this.top();
    if (!(target instanceof Set)) throw this.damaged('items for something that is no set');
    for (const item of items) target.add(item);
  }

  dict(items: readonly PickleValue[]): void {
    this.push(new Map());
    this.setItems(items);
  }

  global(module: string, name: string): void {
    this.push(this.rules.global(module, name));
  }

  reduce(): void {
    const parameters = this.pop();
    const callee = this.pop();
    if (!Array.isArray(parameters) || !isObject(callee))
      throw this.damaged('a call of something that is no class');
    this.push(this.rules.reduce(callee, parameters));
  }

  build(): void {
    const state = this.pop();
    const object = this.pop();
    this.push(this.rules.build(object, state));
  }

  persistent(): void {
    this.push(this.rules.persistent(this.pop()));
  }

  integer(text: string): void {
    // Booleans of the oldest protocol.
    if (text === '00' || text === '01') {
      this.push(text === '01');
      return;
    }
    if (!/^[+-]?\d{1,1000}L?$/.test(text)) throw this.damaged(`'${text.slice(0, 20)}' is no integer`);
    this.push(narrow(BigInt(text.replace(/L$/, ''))));
  }
}

/** Whether a value is one of the caller's. */
export function isObject(value: PickleValue | undefined): value is PickleObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Map || value instanceof Set || value instanceof Uint8Array)
  );
}

type Step = (machine: Machine, bytes: PickleBytes) => void;

/** What each operation does. Those that are not here (instances by name, extensions, out-of-band buffers) have no place
 * in a file of weights. */
const steps: Readonly<Record<string, Step>> = {
  '\x80': (_, b) => void b.byte(),
  '\x95': (_, b) => void b.uint64(),
  '(': (m) => m.push(mark),
  '0': (m) => void m.pop(),
  '1': (m) => void m.popToMark(),
  '2': (m) => m.push(m.top()),
  N: (m) => m.push(null),
  '\x88': (m) => m.push(true),
  '\x89': (m) => m.push(false),
  I: (m, b) => m.integer(b.line()),
  J: (m, b) => m.push(b.int32()),
  K: (m, b) => m.push(b.byte()),
  M: (m, b) => m.push(b.uint16()),
  L: (m, b) => m.integer(b.line()),
  '\x8a': (m, b) => m.push(littleEndianInteger(b.take(b.byte()))),
  '\x8b': (m, b) => m.push(littleEndianInteger(b.take(Math.min(b.uint32(), 2 ** 16)))),
  F: (m, b) => m.push(Number(b.line())),
  G: (m, b) => m.push(b.double()),
  T: (m, b) => m.push(b.take(b.uint32()).toString('latin1')),
  U: (m, b) => m.push(b.take(b.byte()).toString('latin1')),
  X: (m, b) => m.push(b.take(b.uint32()).toString('utf8')),
  '\x8c': (m, b) => m.push(b.take(b.byte()).toString('utf8')),
  '\x8d': (m, b) => m.push(b.take(b.uint64()).toString('utf8')),
  V: (m, b) => m.push(oldestText(b.line())),
  B: (m, b) => m.push(Uint8Array.from(b.take(b.uint32()))),
  C: (m, b) => m.push(Uint8Array.from(b.take(b.byte()))),
  '\x8e': (m, b) => m.push(Uint8Array.from(b.take(b.uint64()))),
  ']': (m) => m.push([]),
  a: (m) => {
    const item = m.pop();
    m.append([item]);
  },
  e: (m) => m.append(m.popToMark()),
  l: (m) => m.push(m.popToMark()),
  ')': (m) => m.push([]),
  t: (m) => m.push(m.popToMark()),
  '\x85': (m) => m.push([m.pop()]),
  '\x86': (m) => {
    const second = m.pop();
    m.push([m.pop(), second]);
  },
  '\x87': (m) => {
    const third = m.pop();
    const second = m.pop();
    m.push([m.pop(), second, third]);
  },
  '}': (m) => m.push(new Map()),
  d: (m) => m.dict(m.popToMark()),
  s: (m) => {
    const value = m.pop();
    m.setItems([m.pop(), value]);
  },
  u: (m) => m.setItems(m.popToMark()),
  '\x8f': (m) => m.push(new Set()),
  '\x90': (m) => m.add(m.popToMark()),
  '\x91': (m) => m.push(new Set(m.popToMark())),
  c: (m, b) => m.global(b.line(), b.line()),
  '\x93': (m) => {
    const name = m.text();
    m.global(m.text(), name);
  },
  R: (m) => m.reduce(),
  '\x81': (m) => m.reduce(),
  b: (m) => m.build(),
  Q: (m) => m.persistent(),
  p: (m, b) => m.remember(Number(b.line())),
  q: (m, b) => m.remember(b.byte()),
  r: (m, b) => m.remember(b.uint32()),
  '\x94': (m) => m.rememberNext(),
  g: (m, b) => m.recall(Number(b.line())),
  h: (m, b) => m.recall(b.byte()),
  j: (m, b) => m.recall(b.uint32()),
};
