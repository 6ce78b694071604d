import type { Cloud } from './frontier.ts';

/** Forgetting as a function of ‖ΔW‖: straight in log ‖ΔW‖ between knots, by ascending norm. */
export type NormCurve = readonly { readonly norm: number; readonly forgotten: number }[];

/**
 * The isotonic regression (least squares, pool adjacent violators) of forgetting on ‖ΔW‖: the nondecreasing curve
 * nearest to the points; equal norms are averaged first. Points that did not move (‖ΔW‖ = 0) have no logarithm and are
 * left out.
 *
 * Points of different learning rates and epochs come at nearly the same norm with different forgetting, because what
 * is forgotten depends on the way there. Joining them as they lie would make a zigzag that is read at a whim; a curve of
 * some degree would need one chosen. That forgetting does not shrink as an encoder moves further is the weakest
 * assumption that makes one curve of them, it has nothing to tune, and points that are monotone already are kept.
 */
export function normCurveOf(cloud: Cloud): NormCurve {
  const blocks: { norms: number[]; sum: number; count: number }[] = [];
  for (const { norm, forgotten } of cloud.filter((point) => point.norm > 0).sort((a, b) => a.norm - b.norm)) {
    const last = blocks.at(-1);
    if (last?.norms[0] === norm) {
      last.sum += forgotten;
      last.count++;
    } else blocks.push({ norms: [norm], sum: forgotten, count: 1 });
  }
  const pooled: typeof blocks = [];
  for (const block of blocks) {
    let next = block;
    for (let last = pooled.at(-1); last && last.sum / last.count >= next.sum / next.count; last = pooled.at(-1)) {
      next = { norms: [...last.norms, ...next.norms], sum: last.sum + next.sum, count: last.count + next.count };
      pooled.pop();
    }
    pooled.push(next);
  }
  return pooled.flatMap(({ norms, sum, count }) => norms.map((norm) => ({ norm, forgotten: sum / count })));
}

/** The curve at a norm; null outside its knots, where nothing was measured. */
export function atNorm(curve: NormCurve, norm: number): number | null {
  const next = curve.findIndex((knot) => knot.norm >= norm);
  if (next < 0) return null;
  const [a, b] = [curve[next - 1], curve[next]!];
  if (b.norm === norm) return b.forgotten;
  if (a === undefined) return null;
  const share = Math.log(norm / a.norm) / Math.log(b.norm / a.norm);
  return a.forgotten + share * (b.forgotten - a.forgotten);
}
