import { ResultsError } from './error.ts';
import { trialId } from './identity.ts';
import { describeIssues } from './issues.ts';
import { resultSchema, SCHEMA_VERSION, type TrialResult } from './schema/result.ts';

/**
 * A parsed value as a result. Throws a ResultsError that names the key, not the file, if it has another schema version,
 * breaks the schema, or has an id that is not that of its settings.
 */
export function checkResult(value: unknown): TrialResult {
  const version = value !== null && typeof value === 'object' && 'schemaVersion' in value ? value.schemaVersion : null;
  if (typeof version === 'number' && version !== SCHEMA_VERSION) {
    throw new ResultsError(`schemaVersion: expected ${SCHEMA_VERSION}, found ${version}.`);
  }
  const checked = resultSchema.safeParse(value);
  if (!checked.success) throw new ResultsError(`${describeIssues(checked.error)}.`);
  const { id, settings } = checked.data.trial;
  if (id !== trialId(settings)) {
    throw new ResultsError(
      `trial.id: expected ${trialId(settings)}, the id of its settings, found ${id}. Was the file edited?`,
    );
  }
  return checked.data;
}
