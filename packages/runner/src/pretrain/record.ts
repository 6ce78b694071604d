/** What a pretrained encoder is: pretraining.json, and the model card made of it. */
import { formatDuration } from '../progress/style.ts';
import type { RunProvenance } from '../worker/messages.ts';
import type { PretrainingFile } from './schema.ts';

export interface PretrainingRecord {
  readonly schemaVersion: 1;
  /** The settings: the pretraining file, and the steps if a flag changed them. */
  readonly settings: PretrainingFile;
  readonly corpus: {
    readonly texts: number;
    readonly heldOutTexts: number;
    /** Of the texts of each split, a JSON string a line. */
    readonly sha256: { readonly train: string; readonly heldOut: string };
    /** Mean tokens of a training text, special ones included, and the share encoded as pairs. */
    readonly meanTokens: number;
    readonly pairs: number;
  };
  readonly vocabularySize: number;
  readonly parameters: number;
  /** Bytes of model.safetensors. */
  readonly bytes: number;
  readonly steps: number;
  readonly heldOut: {
    /** Hidden tokens, the same at every evaluation. */
    readonly tokens: number;
    readonly loss: number;
    readonly accuracy: number;
    /** Loss of guessing by how often each token occurs in training. */
    readonly unigramLoss: number;
  };
  /** SHA-256 of the files beside this one. */
  readonly files: Readonly<Record<string, string>>;
  /** The only part that differs between two runs on one machine. */
  readonly measured: {
    readonly seconds: Readonly<Record<string, number>>;
    readonly finishedAt: string;
    readonly threads: number;
    /** Absent in older records: cpu. */
    readonly device?: string;
  };
  readonly provenance: RunProvenance;
}

/** README.md of the model's folder, in the form of Hugging Face's model cards. */
export function modelCard(record: PretrainingRecord, configPath: string): string {
  const { settings, corpus, heldOut, measured, provenance } = record;
  const { model, training } = settings;
  const number = (value: number): string => value.toLocaleString('en-US');
  const rows: (readonly [string, string])[] = [
    [
      'architecture',
      `BERT, ${model.layers} layers of ${model.hiddenSize}, ${model.heads} heads, ${model.intermediateSize} wide inside`,
    ],
    ['parameters', `${number(record.parameters)}, masked-language-modelling head included; the decoder is tied`],
    ['model.safetensors', `${number(record.bytes)} bytes, F32`],
    ['vocabulary', `${number(record.vocabularySize)} WordPiece tokens, lower case`],
    ['longest text', `${model.maxPositions} tokens`],
    [
      'training texts',
      `${number(corpus.texts)}, ${corpus.meanTokens.toFixed(1)} tokens each, ${(100 * corpus.pairs).toFixed(0)} % as pairs`,
    ],
    [
      'training',
      `${number(record.steps)} steps of ${training.batchSize} texts, AdamW, peak learning rate ${training.learningRate}`,
    ],
    [
      'masking',
      `${100 * training.maskRate} % of the tokens (80 % [MASK], 10 % another, 10 % kept), drawn anew in every pass`,
    ],
    ...(training.alteredTextWeight > 0
      ? [
          [
            'first token',
            'pooled, it tells altered texts (half of them: another second sentence, a token replaced, two exchanged) from ' +
              `whole ones: loss of weight ${training.alteredTextWeight}`,
          ] as const,
        ]
      : []),
    [
      'held-out loss',
      `${heldOut.loss.toFixed(4)} nats (${heldOut.unigramLoss.toFixed(4)} by the tokens' frequencies alone)`,
    ],
    ['held-out accuracy', `${heldOut.accuracy.toFixed(4)} of ${number(heldOut.tokens)} hidden tokens`],
    ['seed', String(settings.seed)],
    [
      'time',
      `${formatDuration(measured.seconds['total'] ?? 0)} with ${measured.threads === 1 ? 'one thread' : `${measured.threads} threads`}, ${provenance.processor}${measured.device && measured.device !== 'cpu' ? `, on ${measured.device}` : ''}`,
    ],
    ['commit', `${provenance.commit ?? 'unknown'}${provenance.dirty === true ? ', with changes' : ''}`],
  ];
  return `---
language: en
license: apache-2.0
pipeline_tag: fill-mask
tags: [bert, masked-lm, synthetic]
---

# ${settings.name}

A small BERT encoder, pretrained from random weights on **synthetic English**: texts that this project's own grammars
generate, and nothing else. It is for trying out fine-tuning methods in minutes without a download. It has never seen a
sentence that a person wrote, knows about as many words as its vocabulary has tokens, and is of no use on real text.
${settings.description === undefined ? '' : `\n${settings.description}\n`}
| what | value |
| --- | --- |
${rows.map(([what, value]) => `| ${what} | ${value} |`).join('\n')}

\`pretraining.json\` holds all settings and hashes, \`training-log.csv\` the curve. The files are those of Hugging Face's
\`BertForMaskedLM\`, with tokenizer. Again from nothing, in another folder:

\`\`\`sh
npx lomap pretrain --config ${configPath} --out DIR
\`\`\`

On the same machine with the same versions the bytes of model, tokenizer and log are the same; a processor of another kind
may round differently.
`;
}
