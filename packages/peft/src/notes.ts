import { mapVoids, type MapSettings } from '@lomap/map';
import type { Method } from './methods/method.ts';
import { methodOf } from './registry.ts';
import type { MethodSettings } from './settings.ts';

/** An ε up to which W/(‖W‖ + ε) is W/‖W‖ to a thousandth or so, whatever W's scope: rows of a transformer have norms about 1. */
const SMALL_EPSILON = 1e-3;

/** What a user should know of a method's settings before comparing it: void settings, and what the start needs. */
export function methodNotes(
  settings: MethodSettings,
  training: { readonly clipping: boolean },
  method?: Method,
): string[] {
  const { map, name } = settings;
  const sentences = methodOf(settings, method).voids?.(settings) ?? [];
  return [...sentences, ...(map ? [...mapVoids(map), ...startNotes(map, training)] : [])].map(
    (sentence) => `${name}: ${sentence}`,
  );
}

/** What MAP's start does to B's first gradient, and to W. */
function startNotes(map: MapSettings, training: { readonly clipping: boolean }): string[] {
  const { start, alpha, baseScope, deltaScope, epsilon, epsilonMode } = map;
  const notes: string[] = [];
  if (deltaScope !== 'none' && start === 'paper' && !training.clipping) {
    notes.push(
      "start paper without gradient clipping. The first gradient of what is 0 at the start (LoRA's B) is β₀/ε times that " +
        "without the norm, and Adam's second moment then holds it still for a thousand steps. Set maxGradNorm, or choose " +
        'start beta-zero.',
    );
  }
  if (baseScope === 'none') return notes;
  if (epsilon <= SMALL_EPSILON) {
    if (alpha === 'frozen') {
      notes.push(`with α frozen at its start W's scope ${baseScope} changes nothing; it is a check.`);
    }
  } else if (epsilonMode === 'add') {
    notes.push(
      `W* is not W at the start: epsilon ${epsilon} multiplies W by ‖W‖/(‖W‖ + ${epsilon}), for each norm of scope ` +
        `${baseScope}. Choose a small epsilon, epsilonMode clamp, or baseScope none.`,
    );
  } else {
    notes.push(
      `where a norm of W is below ${epsilon} (baseScope ${baseScope}), epsilonMode clamp divides by ${epsilon} instead, and W* is not W at the start.`,
    );
  }
  return notes;
}
