/** A Unigram model (arXiv 1804.10959): the most likely pieces of a word. */

/** A piece and the logarithm of its probability. */
export type ScoredPiece = readonly [piece: string, score: number];

/** How much less likely than the least likely piece a character is that no piece has. */
const unknownPenalty = 10;

/**
 * Splits a word into the pieces whose scores have the largest sum (Viterbi), as the Rust library of Hugging Face does. Of
 * equal sums the one whose last piece is longer is taken. Characters that no piece has are unknown, and such that follow
 * one another are one token.
 *
 * @param ids of the pieces, which are their places.
 * @returns a word's ids.
 */
export function unigram(pieces: readonly ScoredPiece[], ids: ReadonlyMap<string, number>, unknown: number) {
  let [longest, least] = [1, Infinity];
  for (const [piece, score] of pieces) {
    longest = Math.max(longest, piece.length);
    least = Math.min(least, score);
  }
  const unknownScore = least - unknownPenalty;
  return (word: string): number[] => {
    const characters = Array.from(word);
    const best: { score: number; start: number; id: number }[] = [{ score: 0, start: 0, id: unknown }];
    const offer = (start: number, end: number, id: number, score: number): void => {
      const sum = best[start]!.score + score;
      const known = best[end];
      if (known === undefined || sum > known.score) best[end] = { score: sum, start, id };
    };
    for (let start = 0; start < characters.length; start++) {
      let text = '';
      let alone = false;
      for (let end = start + 1; end <= characters.length && text.length < longest; end++) {
        text += characters[end - 1]!;
        const id = ids.get(text);
        if (id === undefined) continue;
        offer(start, end, id, pieces[id]![1]);
        alone ||= end === start + 1;
      }
      if (!alone) offer(start, start + 1, unknown, unknownScore);
    }
    const found: number[] = [];
    for (let end = characters.length; end > 0; end = best[end]!.start) {
      const { id } = best[end]!;
      if (id !== unknown || found.at(-1) !== unknown) found.push(id);
    }
    return found.reverse();
  };
}
