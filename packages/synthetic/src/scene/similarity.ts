/** How alike two scenes are, from 0 to 5: the weighted share of what they have in common. */
import type { Concept } from '../lexicon/concept.ts';
import { canonical, type Scene } from './scene.ts';

/** What a slot counts. A slot that neither scene says counts nothing. */
const weights = { predicate: 6, agent: 4, other: 4, theme: 4, quality: 2, place: 3, time: 3 } as const;

/** In hundredths, 0 to 500: whole numbers, so that no rounding differs between machines. */
export function similarity(a: Scene, b: Scene): number {
  const [left, right] = [canonical(a), canonical(b)];
  let [total, common] = [0, 0];
  for (const slot of ['predicate', 'agent', 'other', 'theme', 'quality', 'place', 'time'] as const) {
    const [one, other] = [valueOf(left, slot), valueOf(right, slot)];
    if (one === null && other === null) continue;
    total += weights[slot];
    common += weights[slot] * quarters(one, other);
  }
  return Math.floor((common * 125) / total);
}

function valueOf(scene: Scene, slot: keyof typeof weights): Concept | null {
  return slot === 'predicate' ? scene.predicate.meaning : scene[slot];
}

/** 4 for the same; 3 for a thing and its kind, 2 for two of a kind, 1 for two of a class; 0 if one is not said. */
function quarters(a: Concept | null, b: Concept | null): number {
  if (a === null || b === null) return 0;
  if (a === b) return 4;
  if (a.parent === b || b.parent === a) return 3;
  if (a.parent !== null && a.parent === b.parent) return a.parent === a.root ? 1 : 2;
  return a.root === b.root ? 1 : 0;
}
