import { defaultMapSettings, type MapSettings } from './settings.ts';

/**
 * Settings away from their default that have no effect as the others are, and why: a sentence each. Accepted all the
 * same: a table's cells may differ in them alone, and then it is good to know that the cells are one.
 */
export function mapVoids(settings: MapSettings): string[] {
  const { start, baseScope, deltaScope, alpha, beta, betaStart, epsilon, epsilonMode } = settings;
  const set = (key: keyof MapSettings): boolean => settings[key] !== defaultMapSettings[key];
  const sentences: string[] = [];
  const tell = (key: keyof MapSettings, why: string): void => {
    if (set(key)) sentences.push(`${key} has no effect: ${why}.`);
  };

  if (baseScope === 'none' && deltaScope === 'none') {
    const why = 'nothing is divided by a norm, both scopes being none';
    for (const key of ['epsilon', 'epsilonMode', 'detachNorm'] as const) tell(key, why);
  } else {
    // Of W's norms only the columns' of scope both depend on a parameter, the rows' α.
    const ofParameter = deltaScope !== 'none' || (baseScope === 'both' && alpha === 'learned');
    if (!ofParameter) tell('detachNorm', "W's norms are constants, and the update is not divided by its own");
    if (epsilon === 0 && epsilonMode === 'clamp') tell('epsilonMode', 'with epsilon 0 both modes are the norm itself');
  }

  if (alpha === 'frozen' && beta === 'frozen') {
    for (const key of ['parametrization', 'scalarLearningRateMultiplier'] as const)
      tell(key, 'α and β are both frozen');
  } else if (settings.parametrization === 'relative') {
    const relative = (alpha === 'learned' && baseScope !== 'none') || (beta === 'learned' && deltaScope !== 'none');
    if (!relative) {
      sentences.push('parametrization relative is raw, but for α counted from 1: without a norm there is no unit.');
    }
  }

  // Another betaStart than 0 is refused there.
  if (start === 'beta-zero' && ('share' in betaStart ? betaStart.share : betaStart.absolute) === 0) {
    tell('betaStart', 'with start beta-zero β starts at 0');
  }
  return sentences;
}
