/** Reads spm.model: the part of SentencePiece's protobuf schema (sentencepiece_model.proto) that a Unigram tokenizer needs. */
import { readFileSync } from 'node:fs';
import { reasonOf } from '@lomap/files';
import protobuf from 'protobufjs/light.js';
import { ModelError } from '../model-error.ts';

/** A piece of the vocabulary; its place is its id. */
export interface SentencePiece {
  readonly piece: string;
  readonly score: number;
  /** `control` and `user` pieces are found in a text before it is split; `other` are those of the model. */
  readonly type: 'control' | 'user' | 'other';
}

export interface SentencePieceModel {
  readonly pieces: readonly SentencePiece[];
  readonly unknownId: number;
  /** The map of characters by which texts are normalised; empty for none. */
  readonly charsmap: Uint8Array;
}

const field = (id: number, type: string): protobuf.IField => ({ id, type });

const modelType = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        pieces: { ...field(1, 'SentencePiece'), rule: 'repeated' },
        trainerSpec: field(2, 'TrainerSpec'),
        normalizerSpec: field(3, 'NormalizerSpec'),
      },
    },
    SentencePiece: { fields: { piece: field(1, 'string'), score: field(2, 'float'), type: field(3, 'int32') } },
    TrainerSpec: { fields: { modelType: field(3, 'int32'), unkId: field(40, 'int32') } },
    NormalizerSpec: { fields: { precompiledCharsmap: field(2, 'bytes') } },
  },
}).lookupType('ModelProto');

/** A decoded message; a field that the file leaves out is absent, and has the schema's default. */
interface ModelProto {
  readonly pieces?: readonly { readonly piece?: string; readonly score?: number; readonly type?: number }[];
  readonly trainerSpec?: { readonly modelType?: number; readonly unkId?: number };
  readonly normalizerSpec?: { readonly precompiledCharsmap?: Uint8Array };
}

const kinds = { control: 3, userDefined: 4, unigram: 1 };
const remedy = 'Fetch the file again, or save the fast tokenizer with save_pretrained, which writes tokenizer.json.';

/**
 * What else a model says of normalisation (a space in front, spaces that are one) transformers does not ask either.
 *
 * @throws ModelError naming the file: it is damaged, or of another kind.
 */
export function readSentencePiece(path: string): SentencePieceModel {
  const fail = (found: string): ModelError => new ModelError(`${path} cannot be used: ${found}. ${remedy}`);
  const model = decode(path, fail);
  const { modelType: kind = kinds.unigram, unkId = 0 } = model.trainerSpec ?? {};
  if (kind !== kinds.unigram) throw fail(`its model_type is ${kind}, and only that of Unigram, 1, is read`);
  const pieces = (model.pieces ?? []).map(({ piece = '', score = 0, type = 0 }, id): SentencePiece => {
    if (piece === '') throw fail(`the piece ${id} is empty`);
    if (!Number.isFinite(score)) throw fail(`the score of the piece ${id} is ${score}`);
    return { piece, score, type: type === kinds.control ? 'control' : type === kinds.userDefined ? 'user' : 'other' };
  });
  if (pieces.length === 0) throw fail('it has no pieces');
  if (unkId < 0 || unkId >= pieces.length) throw fail(`unk_id is ${unkId}, and it has ${pieces.length} pieces`);
  return { pieces, unknownId: unkId, charsmap: model.normalizerSpec?.precompiledCharsmap ?? new Uint8Array() };
}

/** Lengths that reach beyond the file, wrong types and strings that are not UTF-8 are found by protobufjs. */
function decode(path: string, fail: (found: string) => ModelError): ModelProto {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new ModelError(`${path} cannot be read: ${reasonOf(error)}. ${remedy}`);
  }
  try {
    return modelType.toObject(modelType.decode(bytes)) as ModelProto;
  } catch (error) {
    throw fail(`it is no SentencePiece model (${reasonOf(error)})`);
  }
}
