import { ConfigError, TensorError } from '../errors.js';
import { native } from '../native/index.js';
import type { NativeOptimizer } from '../native/types.js';
import { queued } from './execute.js';
import type { Tensor } from './tensor.js';

/** Options of `Adam` and `AdamW`. */
export interface AdamOptions {
  /** Learning rate. Default 1e-3. */
  lr?: number;
  /** Decay of the averages of the gradient and of its square. Default [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Added to the divisor. Default 1e-8. */
  epsilon?: number;
  /** Default 0 for Adam, 0.01 for AdamW. */
  weightDecay?: number;
  /** Largest L2 norm of all gradients together; larger ones are scaled down. Default 0: none. */
  clipNorm?: number;
}

/** Adam (Kingma and Ba, ICLR 2015) for a loop of one's own: it changes the parameters in place, on the native queue.
 * Weight decay is added to the gradient. A parameter without a gradient is left alone.
 * @example
 * const optimizer = new Adam([weight, bias], { lr: 1e-3 });
 * await optimizer.zeroGrad();
 * await loss.backward();
 * await optimizer.step(); */
export class Adam {
  /** Learning rate of the next step; may be set before each. */
  lr: number;
  readonly #native: NativeOptimizer;
  readonly #parameters: readonly Tensor[];
  readonly #clipNorm: number;

  /** @throws {ConfigError} `CONFIG_OPTIMIZER` for options out of range or no parameters; `TENSOR_GRAD` for a
   * parameter that does not require a gradient. */
  constructor(
    parameters: Iterable<Tensor> | ReadonlyMap<string, Tensor>,
    options: AdamOptions = {},
    kind: 'adam' | 'adamw' = 'adam',
  ) {
    const { lr = 1e-3, betas = [0.9, 0.999], epsilon = 1e-8, clipNorm = 0 } = options;
    const { weightDecay = kind === 'adamw' ? 0.01 : 0 } = options;
    this.lr = checked('lr', lr);
    this.#clipNorm = checked('clipNorm', clipNorm);
    const named = parameters instanceof Map ? parameters : numbered(parameters as Iterable<Tensor>);
    this.#parameters = [...named.values()];
    checkParameters(named);
    const handles = new Map([...named].map(([name, tensor]) => [name, tensor.native]));
    const [beta1, beta2] = betas;
    this.#native = native().createOptimizer(handles, { kind, beta1, beta2, eps: epsilon, weightDecay });
  }

  /** Changes the parameters once, by their gradients.
   * @returns the L2 norm of all gradients together, before clipping. */
  async step(): Promise<number> {
    const lr = checked('lr', this.lr);
    return queued(async () => this.#native.step(lr, this.#clipNorm));
  }

  /** Forgets the parameters' gradients; in call order with the backward passes around it. */
  async zeroGrad(): Promise<void> {
    await queued(async () => native().zeroGrad(this.#parameters.map((tensor) => tensor.native)));
  }
}

/** AdamW (Loshchilov and Hutter, ICLR 2019): Adam whose weight decay shrinks the parameters themselves. */
export class AdamW extends Adam {
  /** @throws as `Adam`. */
  constructor(parameters: Iterable<Tensor> | ReadonlyMap<string, Tensor>, options: AdamOptions = {}) {
    super(parameters, options, 'adamw');
  }
}

function numbered(tensors: Iterable<Tensor>): Map<string, Tensor> {
  return new Map([...tensors].map((tensor, index) => [`${index}`, tensor]));
}

function checkParameters(named: ReadonlyMap<string, Tensor>): void {
  if (named.size === 0) {
    throw new ConfigError('CONFIG_OPTIMIZER', 'parameters: found none, expected one or more tensors');
  }
  for (const [name, parameter] of named) {
    if (parameter.requiresGrad) continue;
    throw new TensorError(
      'TENSOR_GRAD',
      `parameter ${name}, ${parameter.dtype} [${parameter.shape.join(', ')}], does not require a gradient: expected ` +
        'tensors made with requiresGrad: true',
    );
  }
}

function checked(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new ConfigError('CONFIG_OPTIMIZER', `${name}: found ${value}, expected a number of 0 or more`);
}
