import type { BertConfig } from './config.ts';

/** `config.json` of HF's BertForMaskedLM with a tied decoder and vocabulary id 0 for padding: the inverse of `parseBertConfig`. */
export function maskedLmConfigJson(config: BertConfig): Record<string, unknown> {
  return {
    architectures: ['BertForMaskedLM'],
    model_type: 'bert',
    vocab_size: config.vocabularySize,
    hidden_size: config.hiddenSize,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    intermediate_size: config.intermediateSize,
    hidden_act: 'gelu',
    max_position_embeddings: config.maxPositions,
    type_vocab_size: config.tokenTypes,
    layer_norm_eps: config.layerNormEpsilon,
    hidden_dropout_prob: config.hiddenDropout,
    attention_probs_dropout_prob: config.attentionDropout,
    classifier_dropout: config.classifierDropout === config.hiddenDropout ? null : config.classifierDropout,
    initializer_range: config.initializerRange,
    position_embedding_type: 'absolute',
    pad_token_id: 0,
    tie_word_embeddings: true,
  };
}
