import { describe, expect, test } from '@jest/globals';
import { ModelError } from '../../model-error.ts';
import { tinyConfig } from '../../testing/tiny-bert.ts';
import { parseBertConfig } from './config.ts';

const parse = (changes: object) => parseBertConfig({ ...tinyConfig, ...changes }, 'config.json');

test("HF's defaults, and unknown keys ignored", () => {
  expect(parse({ use_cache: true })).toMatchObject({
    hiddenSize: 8,
    heads: 2,
    layerNormEpsilon: 1e-12,
    hiddenDropout: 0.1,
    attentionDropout: 0.1,
    classifierDropout: 0.1,
    initializerRange: 0.02,
  });
});

test('the classifier has its own dropout where one is given', () => {
  expect(parse({ hidden_dropout_prob: 0.2 }).classifierDropout).toBe(0.2);
  expect(parse({ hidden_dropout_prob: 0.2, classifier_dropout: null }).classifierDropout).toBe(0.2);
  expect(parse({ hidden_dropout_prob: 0.2, classifier_dropout: 0 }).classifierDropout).toBe(0);
});

describe('refused', () => {
  test.each<[string, object, RegExp]>([
    ['another activation', { hidden_act: 'relu' }, /hidden_act: only the activation "gelu"/],
    ['other positions', { position_embedding_type: 'relative_key' }, /position_embedding_type: only "absolute"/],
    ['a decoder', { is_decoder: true }, /is_decoder: only encoders/],
    ['heads that do not divide', { num_attention_heads: 3 }, /hidden_size: is not divisible/],
    ['a size that is no integer', { hidden_size: 8.5 }, /hidden_size/],
    ['a rate of 1', { hidden_dropout_prob: 1 }, /hidden_dropout_prob/],
    ['a missing size', { vocab_size: undefined }, /vocab_size/],
  ])('%s', (_, changes, message) => {
    expect(() => parse(changes)).toThrow(ModelError);
    expect(() => parse(changes)).toThrow(message);
    expect(() => parse(changes)).toThrow('config.json');
  });

  test('all wrong keys at once', () => {
    expect(() => parse({ hidden_act: 'relu', vocab_size: 0 })).toThrow(/vocab_size[^]*hidden_act/);
  });
});
