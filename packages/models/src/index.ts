export { type HostBatch, type PackedBatch, type TensorBatch } from './batch.ts';
export { type Context } from './context.ts';
export { ModelError } from './model-error.ts';
export { openCheckpoint, type Checkpoint, type CheckpointOptions } from './checkpoint/checkpoint.ts';
export { noDropout, plainContext, type Dropout } from './checkpoint/plain-context.ts';
export { bertForSequenceClassification, bertPooler } from './bert/classification.ts';
export { bertEncoder, bertFirstTokens, firstTokens } from './bert/encoder.ts';
export { parseBertConfig, type BertConfig } from './bert/config.ts';
export { bertHead, bertLinears, bertShapes, type LinearModule } from './bert/tensors.ts';
export { encode, loadTokenizer, type Encoding, type Tokenizer } from './tokenizer/tokenizer.ts';
export { exceeding, mayExceed, type TableSizes } from './tokenizer/tables.ts';
export { pack, packPadded, type EncodedExample } from './batches/pack.ts';
export { fromPadded } from './batches/padded.ts';
export { batchSpecs } from './batches/specs.ts';
export { checkFinite } from './safetensors/finite.ts';
export { openSafetensors, readTensor, type Safetensors } from './safetensors/read.ts';
export { type SafetensorsHeader, type TensorEntry } from './safetensors/header.ts';
export { writeSafetensors, type WritableTensor } from './safetensors/write.ts';
export { bertForMaskedLm, maskedLmLogits, maskedLmShapes, tiedDecoder, wordEmbeddings } from './bert/masked-lm.ts';
export { maskedLmConfigJson } from './bert/masked-lm-config.ts';
export {
  maskedBatchSpecs,
  packMasked,
  type HostMaskedBatch,
  type MaskedBatch,
  type MaskedExample,
  type TensorMaskedBatch,
} from './bert/masked-lm-batch.ts';
export { readMaskedLmHead, withHead, type HeadTensors } from './bert/masked-lm-head.ts';
export { specialTokens, trainWordPiece, type WordPieceSettings } from './tokenizer/train-wordpiece.ts';
export { countWords, wordPieceTokenizerJson, writeWordPiece } from './tokenizer/train-wordpiece-files.ts';
