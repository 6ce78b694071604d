import type { Comparison, Row } from '../comparison.ts';
import { distinct } from '../group.ts';

/** Methods that are references, whatever their learning rate. */
const REFERENCES = new Set(['head', 'full', 'scratch']);

/** What to hold against differences between methods of one learning rate that nobody searched; null elsewhere. */
export function commonRateText({ rows, searched }: Comparison): string | null {
  const compared = rows.filter(({ method }) => !REFERENCES.has(method));
  const rates = distinct(compared.flatMap(ratesOf));
  if (searched || compared.length < 2 || rates.length !== 1) return null;
  const others = rows.filter((row) => ratesOf(row).some((rate) => rate !== rates[0]));
  const all = others.length === 0 ? 'all rows' : `all rows but ${others.map(({ title }) => title).join(' and ')}`;
  return `No learning rate was searched: ${all} trained at ${rates[0]!.toExponential()}, which may suit one better than another.`;
}

function ratesOf({ results }: Row): number[] {
  return results.map(({ trial }) => trial.settings.training.learningRate);
}
