import test from 'tape';
import { HyperliftError } from '../../../ts/errors.js';
import { type CheckpointFacts, checkpointMetadata, readCheckpointMetadata } from '../../../ts/io/index.js';

const facts: CheckpointFacts = {
  hyperlift: '0.1.0',
  model: 'sfformer',
  options: { width: 12 },
  paradigm: 'unsupervised',
  rgb: {
    response: { name: 'r', source: 's', wavelengths: [400], table: [255, 255, 255] },
    transfer: 'linear',
    range: 'unit',
    source: 'simulated',
    kind: 'srgb',
  },
  kernel: null,
  heldBack: [],
  wavelengths: [400],
  step: 12,
  best: { step: 10, scores: { total: 0.5 } },
  config: { seed: 3 },
  data: 'sha256:00',
  perceptual: 'random',
  init: null,
  protocol: 'field',
  baseline: [[1, 2, 3, 4, 5, 6]],
};

test('the facts of a checkpoint survive its header', (t) => {
  const metadata = checkpointMetadata(facts);
  t.ok(Object.values(metadata).every((words) => typeof words === 'string'));
  t.deepEqual(readCheckpointMetadata('a', metadata), facts);
  const mixed = Object.fromEntries(Object.entries(facts).reverse()) as unknown as CheckpointFacts;
  t.equal(JSON.stringify(checkpointMetadata(mixed)), JSON.stringify(metadata), 'their order does not matter');
  t.end();
});

test('a header that is not ours is refused by name', (t) => {
  const code = (metadata: Record<string, string>): string => {
    try {
      readCheckpointMetadata('x.safetensors', metadata);
      return 'none';
    } catch (error) {
      return error instanceof HyperliftError ? `${error.code} ${error.message}` : String(error);
    }
  };
  t.match(code({}), /^CHECKPOINT_FOREIGN x\.safetensors.*'model'/);
  t.match(code({ ...checkpointMetadata(facts), rgb: '{' }), /^CHECKPOINT_DAMAGED x\.safetensors.*'rgb'/);
  t.end();
});
