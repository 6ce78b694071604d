export type {
  Along,
  Composition,
  Constants,
  Delta,
  DeltaFamily,
  HostValues,
  LinearInput,
  LowRankFactors,
  MagnitudeSummary,
  MatrixShape,
  ParamGroup,
  ParamSpec,
  RowScales,
  Tensors,
  Weight,
} from './types.ts';
export { checkMapSettings, defaultMapSettings, type MapSettings, type Scope } from './settings.ts';
export { mapVoids } from './voids.ts';
export type { MagnitudeRule, MagnitudesSettings, RuleConstant, RuleConstants, RuleRun } from './rules/rule.ts';
export { magnitudeRules, magnitudesOf, registerMagnitudeRule } from './rules/registry.ts';
export { mapComposition } from './map-composition.ts';
export { frozenWeight } from './weight.ts';
export { factoredInner, factoredSquaredNorm } from './factored.ts';
export { normOfSquare, scaleBy, withoutGradient } from './gradient.ts';
export { denseNorms, denseProduct, denseScaled, denseSum, productNorm } from './host.ts';
