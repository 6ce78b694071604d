import { describe, expect, test } from '@jest/globals';
import { ModelError } from '../../model-error.ts';
import { tinyDebertaConfig } from '../../testing/tiny-deberta.ts';
import { parseDebertaConfig } from './config.ts';

const parse = (changes: object) => parseDebertaConfig({ ...tinyDebertaConfig, ...changes }, 'config.json');

test("HF's defaults, which are not v3's", () => {
  const sizes = Object.fromEntries(
    ['vocab_size', 'hidden_size', 'num_hidden_layers', 'num_attention_heads', 'intermediate_size'].map((key) => [
      key,
      8,
    ]),
  );
  expect(parseDebertaConfig({ ...sizes, use_cache: true }, 'config.json')).toMatchObject({
    maxPositions: 512,
    absolutePositions: true,
    tokenTypes: 0,
    relative: null,
    normalizesTable: false,
    scoreTerms: 1,
    convolution: null,
    layerNormEpsilon: 1e-7,
    hiddenDropout: 0.1,
    attentionDropout: 0.1,
    poolerDropout: 0,
    poolerActivation: 'gelu',
    classifierDropout: 0.1,
    initializerRange: 0.02,
  });
});

test('the types of positions as a string or as a list, in either order', () => {
  const both = parse({});
  expect(both).toMatchObject({ scoreTerms: 3, relative: { contentToPosition: true, positionToContent: true } });
  expect(parse({ pos_att_type: ['c2p', 'p2c'] })).toEqual(both);
  expect(parse({ pos_att_type: 'C2P' })).toMatchObject({ scoreTerms: 2, relative: { positionToContent: false } });
  expect(parse({ pos_att_type: null })).toMatchObject({ scoreTerms: 1, relative: { contentToPosition: false } });
});

test('the span of distances is that of buckets, of distances, or of positions', () => {
  expect(parse({}).relative).toMatchObject({ span: 4, bucketsUpTo: 16 });
  expect(parse({ max_relative_positions: 9 }).relative).toMatchObject({ span: 4, bucketsUpTo: 9 });
  expect(parse({ position_buckets: -1 }).relative).toMatchObject({ span: 16, bucketsUpTo: null });
  expect(parse({ position_buckets: 0, max_relative_positions: 9 }).relative).toMatchObject({
    span: 9,
    bucketsUpTo: null,
  });
});

test('dropout in front of the classifier is its own where one is given', () => {
  expect(parse({ hidden_dropout_prob: 0.2 }).classifierDropout).toBe(0.2);
  expect(parse({ hidden_dropout_prob: 0.2, cls_dropout: null }).classifierDropout).toBe(0.2);
  expect(parse({ hidden_dropout_prob: 0.2, cls_dropout: 0 }).classifierDropout).toBe(0);
});

test('a convolution has the activation tanh where none is named', () => {
  expect(parse({ conv_kernel_size: 3 }).convolution).toEqual({ size: 3, groups: 1, activation: 'tanh' });
});

describe('refused', () => {
  test.each<[string, object, RegExp]>([
    ['another activation', { hidden_act: 'relu' }, /hidden_act: only the activation "gelu"/],
    ['one that a convolution may not have', { conv_act: 'silu' }, /conv_act: only the activations gelu, tanh, relu/],
    ['heads that do not divide', { num_attention_heads: 3 }, /hidden_size: is not divisible by num_attention_heads/],
    ['heads of another size', { attention_head_size: 5 }, /attention_head_size: is not hidden_size .*, 4/],
    ['a pooler of another width', { pooler_hidden_size: 4 }, /pooler_hidden_size: is not hidden_size, 8/],
    ['an even kernel', { conv_kernel_size: 2 }, /conv_kernel_size: is not odd/],
    ['groups that do not divide', { conv_kernel_size: 3, conv_groups: 3 }, /conv_groups: does not divide/],
    ['another type of positions', { pos_att_type: 'p2p|c2p' }, /pos_att_type: only c2p and p2c/],
    ['more buckets than distances', { position_buckets: 30 }, /position_buckets: leaves no distances/],
    ['one bucket', { position_buckets: 1 }, /position_buckets: leaves no distances/],
    ['a size that is no integer', { hidden_size: 8.5 }, /hidden_size/],
    ['a rate of 1', { cls_dropout: 1 }, /cls_dropout/],
    ['a missing size', { vocab_size: undefined }, /vocab_size/],
  ])('%s', (_, changes, message) => {
    expect(() => parse(changes)).toThrow(ModelError);
    expect(() => parse(changes)).toThrow(message);
    expect(() => parse(changes)).toThrow('config.json is not a DeBERTa-v2 configuration');
  });

  test('all wrong keys at once', () => {
    expect(() => parse({ hidden_act: 'relu', vocab_size: 0 })).toThrow(/vocab_size[^]*hidden_act/);
  });
});
