import { expect, test } from '@jest/globals';
import { parseLlamaConfig } from './config.ts';

const sizes = {
  model_type: 'llama',
  vocab_size: 32000,
  hidden_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 172,
};
const parse = (json: object) => parseLlamaConfig({ ...sizes, ...json }, 'dir/config.json');

test("what older files leave out is as in transformers' LlamaConfig", () => {
  expect(parse({})).toEqual({
    vocabularySize: 32000,
    hiddenSize: 64,
    layers: 2,
    heads: 4,
    keyValueHeads: 4,
    headSize: 16,
    intermediateSize: 172,
    maxPositions: 2048,
    normEpsilon: 1e-6,
    attentionBias: false,
    feedForwardBias: false,
    attentionDropout: 0,
    tied: false,
    rope: { type: 'default', theta: 10000 },
    initializerRange: 0.02,
  });
  expect(parse({ head_dim: 32, num_key_value_heads: 2 })).toMatchObject({ headSize: 32, keyValueHeads: 2 });
});

test.each<[string, object, object]>([
  [
    'of transformers 5',
    { rope_parameters: { rope_type: 'linear', rope_theta: 5, factor: 2 } },
    { type: 'linear', theta: 5, factor: 2 },
  ],
  [
    'of transformers 4',
    { rope_theta: 5, rope_scaling: { rope_type: 'dynamic', factor: 2 } },
    { type: 'dynamic', theta: 5, factor: 2 },
  ],
  ['of older ones', { rope_scaling: { type: 'linear', factor: 4 } }, { type: 'linear', theta: 10000, factor: 4 }],
  ['that is null', { rope_theta: 7, rope_scaling: null }, { type: 'default', theta: 7 }],
  [
    'of LLaMA 3.1',
    {
      rope_theta: 500000,
      rope_scaling: {
        factor: 8,
        low_freq_factor: 1,
        high_freq_factor: 4,
        original_max_position_embeddings: 8192,
        rope_type: 'llama3',
      },
    },
    {
      type: 'llama3',
      theta: 500000,
      factor: 8,
      lowFrequencyFactor: 1,
      highFrequencyFactor: 4,
      originalPositions: 8192,
    },
  ],
])('a rope %s', (_, json, rope) => {
  expect(parse(json).rope).toEqual(rope);
});

test.each<[string, object, string]>([
  [
    'a rope type',
    { rope_parameters: { rope_type: 'yarn', factor: 2 } },
    'rope_parameters: the rope type "yarn" is not supported; "default", "linear", "dynamic", "llama3" are',
  ],
  ['a rope without its factor', { rope_scaling: { type: 'linear' } }, 'rope_scaling.factor: '],
  [
    'half a rotation',
    { rope_parameters: { partial_rotary_factor: 0.5 } },
    'only rotations of whole heads are supported',
  ],
  [
    'heads that do not divide',
    { num_attention_heads: 6 },
    'hidden_size: 64 is not divisible by num_attention_heads, 6, and there is no head_dim',
  ],
  ['odd heads', { head_dim: 15 }, 'head_dim: heads have 15 values; rotary embedding takes them in pairs'],
  [
    'groups that do not divide',
    { num_key_value_heads: 3 },
    'num_key_value_heads: 3 does not divide num_attention_heads, 4',
  ],
  ['an activation', { hidden_act: 'gelu' }, 'only the activation "silu" is supported'],
])('%s is refused', (_, json, message) => {
  expect(() => parse(json)).toThrow(message);
  expect(() => parse(json)).toThrow('dir/config.json is not a LLaMA configuration that can be used');
});

test('all that is wrong is listed at once', () => {
  const json = { vocab_size: -1, num_key_value_heads: 3, rope_scaling: { rope_type: 'longrope' } };
  const message = (): string => {
    try {
      parse(json);
      return 'nothing thrown';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(message().split('\n')).toHaveLength(4);
});
