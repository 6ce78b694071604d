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
export { bertLinears, type MethodSettings, type OptionalSettings } from './settings.ts';
export { adapt } from './adapt.ts';
export { countParameters } from './plan.ts';
export { methodNotes } from './notes.ts';
export { checkMethod, methodDefaults, methodNames, optionalSettings } from './registry.ts';
export { inHead, targetedModules } from './targets.ts';
export { loraDelta, loraFamily, type LoraSettings } from './deltas/lora/lora.ts';
export { kroneckerDelta } from './deltas/lokr/kronecker.ts';
export { denseDelta } from './deltas/dense.ts';
export { scaledDelta } from './deltas/scaled.ts';
export { addComposition } from './compositions/add.ts';
export { MAGNITUDE, magnitudeComposition } from './compositions/magnitude.ts';
export type { AdapterMethod, Method } from './methods/method.ts';
export { couple, type Join, type UpdateKind } from './methods/couple.ts';
