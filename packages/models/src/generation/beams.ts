/**
 * Beam search as transformers does it (5.24, `GenerationMixin._beam_search` with `early_stopping=False`): scores are
 * Σ log p / lengthᵖ, and a text ends when no running beam can exceed what is finished.
 */

/** A text that goes on. */
export interface Beam {
  readonly tokens: readonly number[];
  /** Σ log p of the tokens. */
  readonly score: number;
  /** The beam it continues, by its place in the step before. */
  readonly parent: number;
}

/** The search of one prompt. */
export interface BeamSearch {
  /** As many as there are beams, the best first. */
  readonly running: readonly Beam[];
  /** The best of those that have ended, the best first. Null tokens are of places not filled yet. */
  readonly finished: readonly { readonly tokens: readonly number[] | null; readonly score: number }[];
  readonly ended: boolean;
}

export interface BeamRules {
  readonly beams: number;
  readonly maxNewTokens: number;
  readonly stopTokens: ReadonlySet<number>;
  /** The power p of the length that scores are divided by. */
  readonly lengthPenalty: number;
}

/** Added to the score of what may not be chosen. */
const barred = -1e9;

/** The search before its first token: all but one beam are barred, so that the same text does not begin several. */
export function beginBeams({ beams }: BeamRules): BeamSearch {
  return {
    running: Array.from({ length: beams }, (_, i) => ({ tokens: [], score: i === 0 ? 0 : barred, parent: 0 })),
    finished: Array.from({ length: beams }, () => ({ tokens: null, score: barred })),
    ended: false,
  };
}

/** The search one token later. @param logProbabilities of the next token, for each running beam. */
export function advanceBeams(
  { running, finished }: BeamSearch,
  logProbabilities: readonly Float32Array[],
  rules: BeamRules,
): BeamSearch {
  const { beams, stopTokens, maxNewTokens, lengthPenalty } = rules;
  const kept = Math.max(2, 1 + stopTokens.size) * beams;
  const length = running[0]!.tokens.length + 1;
  const candidates = best(running, logProbabilities, kept).map(({ beam, token, score }) => {
    const tokens = [...running[beam]!.tokens, token];
    return { tokens, score, parent: beam, stops: stopTokens.has(token) || length >= maxNewTokens };
  });
  const going = byScore(candidates.map((one) => ({ ...one, score: one.score + (one.stops ? barred : 0) })));
  const done = candidates.slice(0, beams).flatMap(({ stops, tokens, score }) => {
    return stops ? [{ tokens, score: score / length ** lengthPenalty }] : [];
  });
  const merged = byScore([...finished, ...done]).slice(0, beams);
  const next = going.slice(0, beams).map(({ tokens, score, parent }) => ({ tokens, score, parent }));
  const hopes = next[0]!.score / length ** lengthPenalty > (merged.some(isOpen) ? barred : merged.at(-1)!.score);
  return { running: next, finished: merged, ended: !hopes || candidates.every(({ stops }) => stops) };
}

function isOpen({ tokens }: BeamSearch['finished'][number]): boolean {
  return tokens === null;
}

/** The largest of all beams' continuations, the best first; of equal ones the first. */
function best(
  running: readonly Beam[],
  logProbabilities: readonly Float32Array[],
  count: number,
): { beam: number; token: number; score: number }[] {
  const found: { beam: number; token: number; score: number }[] = [];
  running.forEach(({ score: before }, beam) => {
    logProbabilities[beam]!.forEach((logProbability, token) => {
      const score = before + logProbability;
      if (found.length === count && score <= found.at(-1)!.score) return;
      let place = found.length;
      while (place > 0 && found[place - 1]!.score < score) place--;
      found.splice(place, 0, { beam, token, score });
      if (found.length > count) found.pop();
    });
  });
  return found;
}

/** The best first; equal ones stay in their order. */
function byScore<T extends { readonly score: number }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => b.score - a.score);
}
