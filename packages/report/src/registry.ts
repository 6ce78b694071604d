import { ablation } from './analyses/ablation/ablation.ts';
import type { Analysis } from './analyses/analysis.ts';
import { coupling } from './analyses/coupling/coupling.ts';
import { efficiency } from './analyses/efficiency/efficiency.ts';
import { forgetting } from './analyses/forgetting/forgetting.ts';
import { geometry } from './analyses/geometry/geometry.ts';
import { levels } from './analyses/levels/levels.ts';
import { main } from './analyses/main/main.ts';
import { quoted } from './analyses/quoted/quoted.ts';
import { rank } from './analyses/rank/rank.ts';
import { search } from './analyses/search/search.ts';

/** In the order in which a page tells them. */
const known: Analysis[] = [main, levels, rank, coupling, geometry, ablation, efficiency, forgetting, search, quoted];

/** The analyses that a report is made of, in the order in which a page tells them. */
export function analyses(): readonly Analysis[] {
  return known;
}

/**
 * Adds an analysis: from then on reports of this process have its tables, charts and findings wherever the results have
 * what it asks, after those of this package.
 *
 * @throws RangeError when another analysis has the name.
 */
export function registerAnalysis(analysis: Analysis): void {
  const same = known.find(({ name }) => name === analysis.name);
  if (same === analysis) return;
  if (same) throw new RangeError(`There is an analysis "${analysis.name}" already; give yours another name.`);
  known.push(analysis);
}
