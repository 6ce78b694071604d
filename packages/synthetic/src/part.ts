/**
 * Who may see which content. A sentence's content key says what it is about, without its wording: the family of its
 * predicate, its people in alphabetical order, its things by their most general class. The key alone decides whether
 * the sentence belongs to training, to dev or to the held-out text, so the three share no sentence, no template with
 * the same filling, and no filling with its roles exchanged.
 */

/** `train`: the tasks' training rows and the pretraining corpus. `dev`: the tasks' dev rows. `held-out`: text only. */
export type Part = 'train' | 'dev' | 'held-out';

/** Of eight keys one is dev's, one is held out and six are train's. */
export function partOf(key: string): Part {
  const bucket = hash(key) % 8;
  return bucket === 0 ? 'dev' : bucket === 1 ? 'held-out' : 'train';
}

/** Whether every one of the keys belongs to the part. */
export function within(part: Part, ...keys: readonly string[]): boolean {
  return keys.every((key) => partOf(key) === part);
}

const { imul } = Math;

/** 32-bit FNV-1a with MurmurHash3's finalizer, whose low bits FNV alone mixes badly. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = imul(h ^ text.charCodeAt(i), 0x01000193);
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
