export { type HostBatch, type PackedBatch, type TensorBatch } from './batch.ts';
export { type Context } from './context.ts';
export { ModelError } from './model-error.ts';
export { openCheckpoint, type Checkpoint, type CheckpointOptions } from './checkpoint/checkpoint.ts';
export { describeModel, isDescriptionOnly, type ModelDescription } from './checkpoint/describe.ts';
export { noDropout, plainContext, type Dropout } from './checkpoint/plain-context.ts';
export { parseBertConfig, type BertConfig } from './architectures/bert/config.ts';
export { bertHead, bertShapes } from './architectures/bert/tensors.ts';
export type {
  Architecture,
  HuggingFaceNames,
  LinearModule,
  MaskedLm,
  Model,
  ModuleRoles,
  NextToken,
  Pretraining,
} from './architectures/architecture.ts';
export {
  architectureTypes,
  huggingFaceNames,
  huggingFaceNamesOf,
  modelOf,
  registerArchitecture,
} from './architectures/registry.ts';
export { encode, loadTokenizer, type Encoding, type Tokenizer } from './tokenizer/tokenizer.ts';
export { exceeding, mayExceed, type TableSizes } from './tokenizer/tables.ts';
export { pack, packPadded, type EncodedExample } from './batches/pack.ts';
export { fromPadded } from './batches/padded.ts';
export { batchSpecs } from './batches/specs.ts';
export { checkFinite } from './safetensors/finite.ts';
export { openWeights } from './checkpoint/folder.ts';
export { storedAs, type Stored } from './safetensors/stored-as.ts';
export { engineDtype, overflowsAt, type WeightDtype } from './safetensors/dtype.ts';
export { openSafetensors, readTensor, type Safetensors } from './safetensors/read.ts';
export { type SafetensorsHeader, type TensorEntry } from './safetensors/header.ts';
export { writeSafetensors, type DeferredTensor, type WritableTensor } from './safetensors/write.ts';
export { maskedLmConfigJson } from './architectures/bert/masked-lm-config.ts';
export {
  maskedBatchSpecs,
  packMasked,
  type HostMaskedBatch,
  type MaskedBatch,
  type MaskedExample,
  type TensorMaskedBatch,
} from './batches/masked.ts';
export {
  nextTokenBatchSpecs,
  packNextToken,
  predictedFrom,
  type HostNextTokenBatch,
  type NextTokenBatch,
  type NextTokenExample,
  type TensorNextTokenBatch,
} from './batches/next-token.ts';
export {
  createGenerator,
  type GenerationSettings,
  type Generator,
  type GeneratorOptions,
} from './generation/generate.ts';
export { readMaskedLmHead, withHead, type HeadTensors } from './checkpoint/masked-lm-head.ts';
export { specialTokens, trainWordPiece, type WordPieceSettings } from './tokenizer/train-wordpiece.ts';
export { countWords, wordPieceTokenizerJson, writeWordPiece } from './tokenizer/train-wordpiece-files.ts';
