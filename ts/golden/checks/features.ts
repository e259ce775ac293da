import { type NativeTensor, native } from '../../native/index.js';
import { ruleValue } from '../rule.js';

/** Output and input channels of the VGG-16 layers that the perceptual term uses, by torchvision's number. */
const layers: readonly (readonly [number: number, out: number, into: number])[] = [
  [0, 64, 3],
  [2, 64, 64],
  [5, 128, 64],
  [7, 128, 128],
  [10, 256, 128],
  [12, 256, 256],
  [14, 256, 256],
];

/** VGG-16 with the weights of the rule. */
export function ruleFeatures(gain: number): Map<string, NativeTensor> {
  const features = new Map<string, NativeTensor>();
  const add = (key: string, shape: number[]): void => {
    features.set(key, native().fromTypedArray(ruleValue(key, shape, gain), shape, 'float32', 'cpu'));
  };
  for (const [number, out, into] of layers) {
    add(`features.${number}.weight`, [out, into, 3, 3]);
    add(`features.${number}.bias`, [out]);
  }
  return features;
}
