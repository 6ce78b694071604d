export {
  SCHEMA_VERSION,
  epochSchema,
  mapSettingsSchema,
  matrixSchema,
  measuredSchema,
  provenanceSchema,
  forgettingSchema,
  geometryPointSchema,
  geometrySchema,
  resultSchema,
  settingsSchema,
  trialSchema,
  type Forgetting,
  type Geometry,
  type GeometryPoint,
  type GeometrySettings,
  type MapSettings,
  type Measured,
  type Provenance,
  type Trial,
  type TrialResult,
  type TrialSettings,
  type Turn,
} from './schema.ts';
export { canonicalJson } from './canonical.ts';
export { trialFolderName, trialId } from './identity.ts';
export { formatResult } from './format.ts';
export { formatPredictions, type Prediction } from './predictions.ts';
export { PREDICTIONS_FILE, RESULT_FILE, writeResult } from './writer.ts';
export { readResult, readResults, type ReadResults } from './reader.ts';
export { writeFileWhole } from './files.ts';
export { ResultsError } from './error.ts';
