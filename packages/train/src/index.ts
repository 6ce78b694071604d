export { fit, type FitOptions, type FitResult } from './fit.ts';
export { type TrainingSettings } from './settings.ts';
export { type AdaptedModel, type TrainableModel } from './model.ts';
export { type Objective, type Readable } from './objectives/objective.ts';
export {
  classification,
  regression,
  sequenceObjective,
  type Classify,
  type SequenceKind,
  type SequenceObjective,
} from './objectives/sequence.ts';
export { crossEntropy, meanSquaredError } from './objectives/losses.ts';
export { createPredictor, predict, type Predictor } from './predict.ts';
export { createTrainEngine, type TrainEngine, type TrainEngineOptions } from './engine.ts';
export { ReuseCache, type Reuse } from './reuse.ts';
export { dataOrder } from './order.ts';
export { totalSteps } from './schedule.ts';
export { gradientAccumulationSteps, partsOf } from './passes.ts';
export { initialParams } from './initial.ts';
export { DivergenceError, type StepInfo } from './loop.ts';
export { InterruptedError, pause, type Watch } from './watch.ts';
export { removeCheckpoint } from './checkpoint.ts';
export { effectivelyFrozen } from './effectively-frozen.ts';
export { createOptimizer, optimizerNames, registerOptimizer, type OptimizerKind } from './optimizers/registry.ts';
export {
  freshState,
  type Optimizer,
  type OptimizerHyper,
  type OptimizerSettings,
  type OptimizerState,
} from './optimizers/optimizer.ts';
export { layout, packParams, splitParams, unpackParams, type GroupSpan, type Layout, type Segment } from './layout.ts';
export { lossAndGradient, trainStep } from './step.ts';
export { pretrain, type Evaluation, type PretrainOptions, type PretrainResult } from './pretrain/pretrain.ts';
export { type PretrainSettings } from './pretrain/settings.ts';
export { createMaskedLmEvaluator } from './pretrain/masked-lm-loss.ts';
export { maskForEvaluation, type MaskingVocabulary } from './pretrain/masking.ts';
export { maskingVocabulary } from './pretrain/vocabulary.ts';
export { encodeTexts, textsSha256, unigramLoss } from './pretrain/texts.ts';
