export { fit, type FitOptions, type FitResult } from './fit.ts';
export { type TrainingSettings } from './settings.ts';
export { type DrawnExamples, type TrainingExamples } from './training-examples.ts';
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
export { maskedLm, maskedLmScore, type MaskedLmReading, type MaskedLmScore } from './objectives/masked-lm.ts';
export { causalLm, type LikelihoodReading } from './objectives/causal-lm.ts';
export { crossEntropy, meanSquaredError } from './objectives/losses.ts';
export { createPredictor, predict, type Predictor } from './predict.ts';
export { createTrainEngine, type TrainEngine, type TrainEngineOptions } from './engine.ts';
export { ReuseCache, type Reuse } from './reuse.ts';
export { dataOrder } from './order.ts';
export { trainingSteps } from './tryout.ts';
export { gradientAccumulationSteps, partsOf } from './passes.ts';
export { initialParams } from './initial.ts';
export { DivergenceError, type StepInfo } from './loop.ts';
export { InterruptedError, pause, type Watch } from './watch.ts';
export { removeResumeFile } from './resume-file.ts';
export { effectivelyFrozen } from './effectively-frozen.ts';
export { createOptimizer, optimizerNames, registerOptimizer, type OptimizerKind } from './optimizers/registry.ts';
export {
  freshState,
  type Optimizer,
  type OptimizerHyper,
  type OptimizerSettings,
  type OptimizerState,
} from './optimizers/optimizer.ts';
export { flatLayout, packParams, splitParams, unpackParams, type FlatLayout } from './flat-layout.ts';
export { lossAndGradient, trainStep } from './step.ts';
export { pretrain, type Evaluation, type PretrainOptions, type PretrainResult } from './pretrain/pretrain.ts';
export { type PretrainSettings } from './pretrain/settings.ts';
export { maskForEvaluation, type MaskingVocabulary } from './pretrain/masking.ts';
export { maskingVocabulary } from './pretrain/vocabulary.ts';
export { encodeTexts, textsSha256, unigramLoss } from './pretrain/texts.ts';
