export type {
  Adaptation,
  BaseModel,
  BaseModelShapes,
  Context,
  LinearModule,
  MatrixSummary,
  ParamGroup,
  ParamSpec,
} from './types.ts';
export type { BetweenSteps, BetweenStepsRule, Place } from './between-steps.ts';
export type { Tryout, TryoutStart } from './tryout.ts';
export { allLinears, initialRank, type MethodSettings, type OptionalSettings } from './settings.ts';
export { adapt } from './adapt.ts';
export { countParameters } from './plan.ts';
export { methodNotes } from './notes.ts';
export { aboutMethod, type AboutMethod } from './about.ts';
export {
  checkMethod,
  methodDefaults,
  methodNames,
  optionalSettings,
  registerMethod,
  settingRules,
  updateScaling,
} from './registry.ts';
export { inHead, targetedModules } from './targets.ts';
export { withModuleNames } from './roles.ts';
export { loraDelta, loraFamily, type LoraSettings } from './methods/lora/delta.ts';
export { kroneckerDelta } from './methods/lokr/kronecker.ts';
export { denseDelta } from './deltas/dense.ts';
export { scaledDelta } from './deltas/scaled.ts';
export { addComposition } from './compositions/add.ts';
export { MAGNITUDE, magnitudeComposition } from './compositions/magnitude.ts';
export type { AdapterMethod, Method, MethodAbout } from './methods/method.ts';
export { flag, integer, modulesSetting, number, type SettingRule, type SettingRules } from './methods/setting.ts';
export type { PeftForm } from './files/form.ts';
export { couple, type Join, type UpdateKind } from './methods/couple.ts';
export { joins } from './methods/joins.ts';
export { factor, filled, gaussian, kaimingUniform, zeros, type Init } from './deltas/factor.ts';
export { adapterFiles, loraFiles, LOMAP_TYPE, peftFiles } from './files/write.ts';
export { readAdapter, type ReadAdapter, type ReadOptions } from './files/read.ts';
export { readAlone, type AloneAdapter } from './files/alone.ts';
export { savedModules } from './files/head.ts';
export { peftVerdicts, type Verdict } from './files/formats.ts';
export { ranksOf, type MatrixRank } from './files/ranks.ts';
export { type TrainedAdapter } from './files/bound.ts';
export { OWN as OWN_PREFIX, PREFIX as PEFT_PREFIX } from './files/names.ts';
export { parseKey } from './files/forms.ts';
export {
  AdapterFileError,
  NotExactError,
  type AdapterFiles,
  type BaseIdentity,
  type FileTensor,
  type LomapBlock,
  type UpdateScaling,
} from './files/types.ts';
