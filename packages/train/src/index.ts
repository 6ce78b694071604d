export { fit, type FitOptions, type FitResult } from './fit.ts';
export { createPredictor, evaluationBatchSize, predict, type Predictor } from './predict.ts';
export { evaluationLogits, trainingLogits, trainingLoss, type AdaptedModel } from './model.ts';
export { ReuseCache, type Lease, type Reuse } from './reuse.ts';
export { type TrainingSettings } from './settings.ts';
export { initialParams } from './initial.ts';
export { concatParams, layout, packParams, perSegment, splitParams, unpackParams } from './layout.ts';
export { type GroupSpan, type Layout, type Segment } from './layout.ts';
export {
  lossAndGradient,
  trainStep,
  update,
  type BatchLoss,
  type StepHyper,
  type StepMetrics,
  type StepResult,
} from './step.ts';
export { type TrainStep, type TrainStepOptions, type UpdateOptions } from './step.ts';
export { crossEntropy, meanSquaredError, taskLoss, type TaskKind } from './loss.ts';
export { clip, type Clipped, type ClippingSettings } from './clipping.ts';
export {
  freshState,
  type Optimizer,
  type OptimizerHyper,
  type OptimizerSettings,
  type OptimizerState,
} from './optimizers/optimizer.ts';
export { adamw } from './optimizers/adamw.ts';
export { createOptimizer, optimizerNames, registerOptimizer, type OptimizerKind } from './optimizers/registry.ts';
export { learningRates, stepsPerEpoch, totalSteps, warmupSteps } from './schedule.ts';
export { dataOrder } from './order.ts';
export { dropoutOffsets, dropoutSites, MAX_SITES, type DropoutSites } from './dropout.ts';
export { createTrainEngine, type TrainEngine, type TrainEngineOptions } from './engine.ts';
export { DivergenceError, trainLoop, type LoopOptions, type LoopResult, type StepInfo } from './loop.ts';
export { InterruptedError, pause, type Watch } from './watch.ts';
export { type Curves, type EpochScores, type Progress } from './progress.ts';
export { checkpointFile, loadCheckpoint, removeCheckpoint, saveCheckpoint } from './checkpoint.ts';
export { RecordError } from './record-file.ts';
export { effectivelyFrozen } from './effectively-frozen.ts';
export { gradientPass, type BatchSums, type GradientPass, type PassHyper } from './accumulation.ts';
export { createStepEngine, type BatchPart, type StepEngine, type StepEngineOptions } from './step-engine.ts';
export { createAccumulatingEngine } from './accumulating-engine.ts';
export { type StepPlace } from './step-inputs.ts';
export { gradientAccumulationSteps, partsOf } from './passes.ts';
export { pretrain, type Evaluation, type PretrainOptions, type PretrainResult } from './pretrain/pretrain.ts';
export { type PretrainSettings } from './pretrain/settings.ts';
export {
  createMaskedLmEvaluator,
  maskedLmLoss,
  type MaskedLmEvaluator,
  type MaskedLmModel,
  type MaskedLmScore,
} from './pretrain/masked-lm-loss.ts';
export { maskForEvaluation, maskTokens, MASK_RATE, type MaskingVocabulary } from './pretrain/masking.ts';
export { maskingVocabulary } from './pretrain/vocabulary.ts';
export { encodeTexts, textsSha256, unigramLoss } from './pretrain/texts.ts';
export { maskedLmSpecs } from './pretrain/specs.ts';
