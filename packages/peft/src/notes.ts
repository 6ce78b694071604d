import type { Method } from './methods/method.ts';
import { methodOf } from './registry.ts';
import type { MethodSettings } from './settings.ts';

/** What a user should know of a method's settings before comparing it: void settings, and what the start needs. */
export function methodNotes(
  settings: MethodSettings,
  training: { readonly clipping: boolean },
  method?: Method,
): string[] {
  const { map, name } = settings;
  const notes = (methodOf(settings, method).voids?.(settings) ?? []).map((sentence) => `${name}: ${sentence}`);
  if (!map) return notes;
  if (map.deltaScope !== 'none') {
    if (map.start === 'paper' && !training.clipping) {
      notes.push(
        `${name}: start paper without gradient clipping. The first gradient of B is β₀/ε times LoRA's, and Adam's second ` +
          'moment then holds B still for a thousand steps. Set maxGradNorm, or choose start beta-zero.',
      );
    }
  }
  if (map.alpha === 'frozen' && map.baseScope !== 'none') {
    notes.push(`${name}: with α frozen at its start W's scope ${map.baseScope} changes nothing; it is a check.`);
  }
  return notes;
}
