import { basename } from 'node:path';
import { ModelError } from '../errors.js';
import { entryValues, readSafetensors, type TensorEntries, type TensorEntry } from '../io/index.js';

/** One golden file: what the authors' code computed, and how. */
export class GoldenFile {
  readonly file: string;
  readonly tensors: TensorEntries;
  readonly #metadata: Readonly<Record<string, string>>;

  private constructor(file: string, tensors: TensorEntries, metadata: Readonly<Record<string, string>>) {
    this.file = file;
    this.tensors = tensors;
    this.#metadata = metadata;
  }

  /** @throws {ModelError} `CHECKPOINT_*`, and `CHECKPOINT_FORMAT` for a safetensors file that is no golden one. */
  static async read(file: string): Promise<GoldenFile> {
    const { tensors, metadata } = await readSafetensors(file);
    if (metadata.id === undefined || metadata.kind === undefined) {
      throw new ModelError(
        'CHECKPOINT_FORMAT',
        `${file} is no golden file: its header names no id or no kind`,
      );
    }
    return new GoldenFile(file, tensors, metadata);
  }

  get id(): string {
    return this.#metadata.id ?? basename(this.file);
  }

  get kind(): string {
    return this.#metadata.kind ?? '';
  }

  text(name: string): string | undefined {
    return this.#metadata[name];
  }

  /** A number of the header, or `fallback` where it is absent or empty. */
  number(name: string, fallback: number): number {
    const text = this.#metadata[name];
    return text === undefined || text === '' ? fallback : Number(text);
  }

  /** A list or an object of the header; empty where it is absent. */
  names(name: string): string[] {
    return JSON.parse(this.#metadata[name] ?? '[]');
  }

  config(): Record<string, unknown> {
    return JSON.parse(this.#metadata.config ?? '{}');
  }

  /** The reference's own float32 error; an absent one counts as `noise_g`. */
  noise(name: string): number {
    return this.number(name, this.number('noise_g', 0));
  }

  /** Names that begin with `prefix`, without it. */
  below(prefix: string): string[] {
    return [...this.tensors.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length));
  }

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  entry(name: string): TensorEntry {
    const entry = this.tensors.get(name);
    if (entry === undefined) {
      throw new ModelError(
        'CHECKPOINT_KEYS',
        `${this.file}: it holds no '${name}', which a ${this.kind} of this kind needs`,
      );
    }
    return entry;
  }

  /** Values as numbers. */
  values(name: string): Float64Array {
    return Float64Array.from(entryValues(this.entry(name)) as ArrayLike<number | bigint>, Number);
  }
}
