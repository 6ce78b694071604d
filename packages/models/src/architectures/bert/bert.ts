import type { Architecture, HeadTensor, MaskedLm } from '../architecture.ts';
import { bertForSequenceClassification, bertPooler } from './classification.ts';
import { parseBertConfig, type BertConfig } from './config.ts';
import { firstTokens } from '../post-norm.ts';
import { bertEncoder } from './encoder.ts';
import {
  bertForMaskedLm,
  decoderWeight,
  maskedLmHeadShapes,
  maskedLmLogits,
  maskedLmShapes,
  tiedDecoder,
  wordEmbeddings,
} from './masked-lm.ts';
import { bertHead, bertLinears, bertRoles, bertShapes } from './tensors.ts';

/** HF's BertForSequenceClassification, and BertForMaskedLM's head. */
export const bert: Architecture = {
  type: 'bert',
  huggingFace: { prefix: 'bert.', head: bertHead, classifier: 'BertForSequenceClassification' },
  parse(json, path) {
    const config = parseBertConfig(json, path);
    const { vocabularySize, tokenTypes, maxPositions } = config;
    return {
      title: 'BERT',
      shapes: (numLabels) => bertShapes(config, numLabels),
      linears: (numLabels) => bertLinears(config, numLabels),
      head: bertHead,
      classifier: 'classifier',
      roles: bertRoles,
      spellings,
      initializerRange: config.initializerRange,
      isScale: (name) => name.endsWith('LayerNorm.weight'),
      limits: { vocabularySize, tokenTypes, maxPositions },
      attention: { heads: config.heads, dropout: config.attentionDropout },
      classify: (context, batch) => bertForSequenceClassification(config, context, batch),
      maskedLm: {
        vocabularySize,
        head: maskedLmHead(config),
        logits: (context, batch) => bertForMaskedLm(config, context, batch),
        pretraining: {
          hiddenSize: config.hiddenSize,
          shapes: maskedLmShapes(config),
          poolerShapes: new Map([...bertShapes(config, 1)].filter(([name]) => name.startsWith('bert.pooler.'))),
          hidden: (context, batch) => bertEncoder(config, context, batch),
          head: (context, batch, hidden) => maskedLmLogits(config, tiedDecoder(context), batch, hidden),
          pool: (context, batch, hidden) => bertPooler(context, firstTokens(batch, hidden)),
        },
      },
    };
  },
};

/** A file without a decoder of its own ties it to the word embeddings. */
function maskedLmHead(config: BertConfig): MaskedLm['head'] {
  const own = Array.from(maskedLmHeadShapes(config), ([name, shape]) => [name, { shape, spellings: [name] }] as const);
  const shape = [config.vocabularySize, config.hiddenSize];
  return new Map<string, HeadTensor>([
    ...own,
    [decoderWeight, { shape, spellings: [decoderWeight, wordEmbeddings, bare(wordEmbeddings)] }],
  ]);
}

/**
 * A file of the bare encoder leaves out the prefix `bert.`; one of TensorFlow's days calls LayerNorm's weight and bias
 * gamma and beta.
 */
function spellings(name: string): string[] {
  const legacy = name.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta');
  return [name, legacy].flatMap((spelling) => [spelling, bare(spelling)]);
}

function bare(name: string): string {
  return name.replace(/^bert\./, '');
}
