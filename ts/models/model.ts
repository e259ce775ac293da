import { entryValues, readWeights, type TensorEntries } from '../io/index.js';
import {
  type NativeModel,
  type NativeTensor,
  native,
  type OptionValue,
  type Precision,
} from '../native/index.js';
import { queued } from '../tensor/execute.js';
import { adopt, currentScope } from '../tensor/scope.js';
import { Tensor } from '../tensor/index.js';
import { type ModelFacts, modelFacts } from './facts.js';
import { checkOptions } from './options.js';
import { compareWeights, plainKeys, requireMatch, underAllNames, type WeightsReport } from './weights.js';

/** How a network is made, besides its own options. */
export interface CreateModelOptions {
  /** A named set of options that the network registers; options given beside it win. */
  preset?: string;
  /** Of the initial weights. Default 0. */
  seed?: number;
}

/** What `forward` does besides. */
export interface ForwardOptions {
  /** `bfloat16` computes the heavy layers in it; the result is float32 all the same. Default `float32`. */
  precision?: Precision;
  /** Spatial networks that take an interpolated cube beside their input (`facts.enlarged`): that cube, `[batch, bands, scale * height,
   * scale * width]`. Without it the network interpolates as its authors do. */
  enlarged?: Tensor;
}

/** A network with its weights.
 * @example
 * const model = createModel('mstpp');
 * const cube = await noGrad(() => model.forward(rgb)); // [1, 3, H, W] -> [1, 31, H, W] */
export class Model {
  /** The handle of the addon.
   * @internal */
  readonly native: NativeModel;
  readonly facts: ModelFacts;

  /** @internal */
  constructor(handle: NativeModel, facts: ModelFacts) {
    this.native = handle;
    this.facts = facts;
    adopt(this);
  }

  get id(): string {
    return this.facts.id;
  }

  /** All options with their values, defaults filled in. */
  get options(): Record<string, OptionValue> {
    return this.native.options;
  }

  /** Numbers in its parameters, the frozen ones and those the authors leave unused among them. */
  get parametersCount(): number {
    return this.native.parametersCount;
  }

  get disposed(): boolean {
    return this.native.disposed;
  }

  /** `[batch, inBands, height, width]` in [0, 1], any height and width (smaller or odd ones are padded by reflection and
   * cropped back; a network of fixed size, `facts.size.fixed`, refuses larger ones), to `[batch, outBands, height, width]`, not
   * clamped. A spatial network takes `[batch, bands, height, width]` to `[batch, bands, scale * height, scale * width]`. Inside
   * `noGrad` the faster inference path is taken.
   * @throws {TensorError} `TENSOR_SHAPE`, `TENSOR_DTYPE`. */
  async forward(
    x: Tensor,
    { precision = 'float32', enlarged }: ForwardOptions = {},
  ): Promise<Tensor<'float32'>> {
    const { grad } = currentScope();
    const options = { grad, precision, ...(enlarged === undefined ? {} : { enlarged: enlarged.native }) };
    return new Tensor(await queued(async () => this.native.forward(x.native, options)));
  }

  /** Parameters and buffers by the authors' names and in their order, as new handles of the network's own values: an optimizer that
   * writes them trains the network. A parameter that the authors hold under several names stands under each. */
  state(): Map<string, Tensor> {
    return new Map([...this.native.state()].map(([key, handle]) => [key, new Tensor(handle)]));
  }

  /** The parameters that an optimizer should train: those of `state` that require a gradient, each once, by its first name. */
  parameters(): Map<string, Tensor> {
    const trained = new Map<string, Tensor>();
    const { aliases } = this.native;
    for (const [key, tensor] of this.state()) {
      if (tensor.requiresGrad && !(key in aliases)) trained.set(key, tensor);
      else tensor.dispose();
    }
    return trained;
  }

  /** Loads weights by name, from a `.safetensors` or `.pth` file or from entries in memory: `module.` in front of every key is
   * taken off, and nothing is ever matched by position. A parameter with several names may be there under any of them.
   * @returns what matched.
   * @throws {ModelError} `CHECKPOINT_MISMATCH` naming missing, unexpected and misshapen keys, before anything is
   * written; the reader's `CHECKPOINT_*`. */
  async loadWeights(from: string | TensorEntries): Promise<WeightsReport> {
    const source = typeof from === 'string' ? from : 'the set of weights';
    const given = plainKeys(typeof from === 'string' ? (await readWeights(from)).tensors : from);
    const weights = underAllNames(this.native, given);
    const report = compareWeights(this.native, weights, this.facts.optionalKeys);
    requireMatch(report, this.id, source);
    const values = new Map<string, NativeTensor>();
    try {
      for (const key of report.matching) {
        const entry = weights.get(key);
        if (entry !== undefined) values.set(key, handleOf(entry));
      }
      await queued(async () => this.native.load(values));
    } finally {
      for (const handle of values.values()) handle.dispose();
    }
    return report;
  }

  /** Moves the weights to `cpu`, `cuda:N` or `auto`. */
  async to(device: string): Promise<void> {
    await queued(async () => this.native.to(native().resolveDevice(device)));
  }

  /** Switches between training and evaluation, for networks in which the two differ (batch normalisation). A new network is in
   * evaluation; a training loop of one's own calls this first. */
  async train(on = true): Promise<void> {
    await queued(async () => this.native.train(on));
  }

  /** Frees the handle; the values go when no other handle of them is left. */
  dispose(): void {
    this.native.dispose();
  }

  /** `using model = ...` disposes at the end of the block. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

function handleOf(entry: TensorEntries extends Map<string, infer E> ? E : never): NativeTensor {
  return native().fromTypedArray(entryValues(entry), entry.shape, entry.dtype, 'cpu');
}

/** Makes a network of the registry with initial weights as its authors draw them.
 * @param id one of `listModels()`.
 * @param options the network's own, by our names; see its page or `modelFacts(id).options`.
 * @example const model = createModel('sfformer', { outBands: 61, blocks: 2 }, { seed: 7 });
 * @throws {ModelError} `MODEL_UNKNOWN`, `MODEL_OPTION`, `MODEL_PRESET`, each with the nearest right name. */
export function createModel(
  id: string,
  options: Readonly<Record<string, OptionValue>> = {},
  { preset, seed = 0 }: CreateModelOptions = {},
): Model {
  const facts = modelFacts(id);
  return new Model(native().createModel(id, checkOptions(facts, options, preset), seed), facts);
}
