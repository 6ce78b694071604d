/**
 * MRPC: do two sentences say the same? They do where each implies the other. Two scenes, each said twice, are crossed.
 * Level 1: the scenes differ in two or three slots, the wording hardly. Level 2: they differ in one slot, and synonyms,
 * passives and converse verbs change the wording. Level 3: the people have exchanged their roles; both scenes use the
 * same words.
 */
import { optionalSlots } from '../scene/scene.ts';
import { crossed, type MakeSet } from './rows.ts';
import { changed, fullScene, planChange, planExchange, say, styles } from './scenes.ts';

export const mrpc: MakeSet = ({ plan, draw, part, level }) => {
  const { frame, change } = level === 3 ? planExchange(plan) : planChange(plan, level === 1 ? 2 + plan.int(2) : 1);
  // At level 1 only the place of the time in the sentence changes the wording.
  const droppable = optionalSlots.filter(
    (slot) => !change.includes(slot as never) && !(level === 1 && slot === 'time'),
  );
  const dropped = droppable.find(() => plan.chance(1, 4));
  const full = fullScene(part, draw, frame);
  const first = dropped ? { ...full, [dropped]: null } : full;
  const second = changed(draw, part, first, change);
  if (!second) return undefined;
  const [style, partner] = styles(draw, first, level === 1 ? 'same' : 'other');
  const rows = crossed(
    [say(first, style), say(second, style)],
    [say(first, partner), say(second, partner)],
    ['1', '0'],
  );
  return rows.some(({ text, pair }) => text === pair) ? undefined : rows;
};
