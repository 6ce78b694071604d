import { describe, expect, test } from '@jest/globals';
import type { Cloud } from './frontier.ts';
import { matchByNorm } from './match-norm.ts';
import { matchByScore } from './match-score.ts';

type Triple = readonly [score: number, norm: number, forgotten: number];

function cloud(...triples: readonly Triple[]): Cloud {
  return triples.map(([score, norm, forgotten], i) => ({ learningRate: 1e-3, epoch: i + 1, score, norm, forgotten }));
}

/** A line from (50, norm 1, 0) to (best, norm 16, forgotten at best). */
function line(best: number, forgotten: number): Cloud {
  const at = (share: number): Triple => [50 + share * (best - 50), 16 ** share, share * forgotten];
  return cloud(...[0, 0.25, 0.5, 0.75, 1].map(at));
}

function seeds(...clouds: readonly Cloud[]): Map<number, Cloud> {
  return new Map(clouds.map((each, i) => [i + 1, each]));
}

describe('matchByScore', () => {
  test('the target is 90 % of the way from the floor to what most rows reach', () => {
    const { target, reached, leftOut } = matchByScore([
      seeds(line(80, 2), line(84, 2), line(82, 2)),
      seeds(line(90, 2), line(90, 2), line(90, 2)),
    ]);
    expect(target).toBeCloseTo(50 + 0.9 * (82 - 50), 12); // the lower of the two rows' medians
    expect(reached.map(({ best, seeds, of }) => [best, seeds, of])).toEqual([
      [82, 3, 3],
      [90, 3, 3],
    ]);
    expect(leftOut).toEqual([]);
    expect(reached[1]!.costs.get(1)!.forgotten).toBeCloseTo((2 * (78.8 - 50)) / 40, 12);
  });

  test('a row that never reaches it is not compared and neither lowers it nor leaves seeds out', () => {
    const good = [seeds(line(80, 2), line(80, 2)), seeds(line(82, 1), line(82, 1))];
    const { target, reached, leftOut } = matchByScore([...good, seeds(line(55, 1), line(55, 1)), ...good]);
    expect(target).toBeCloseTo(77, 12);
    expect(reached[2]).toMatchObject({ seeds: 0, of: 2, compared: false });
    expect(reached[2]!.costs.size).toBe(0);
    expect(leftOut).toEqual([]);
  });

  test('a seed with which one row fails is left out for all, and said', () => {
    const fine = seeds(line(80, 2), line(80, 2), line(80, 2));
    const { reached, leftOut } = matchByScore([fine, seeds(line(80, 1), line(52, 1), line(80, 1))]);
    expect(leftOut).toEqual([2]);
    expect(reached.map(({ costs }) => [...costs.keys()])).toEqual([
      [1, 3],
      [1, 3],
    ]);
    expect(reached[1]).toMatchObject({ seeds: 2, of: 3, compared: true });
  });

  test('a row’s missing seed leaves nothing out for the others', () => {
    const { reached, leftOut } = matchByScore([seeds(line(80, 2), line(80, 2)), seeds(line(80, 2)), new Map()]);
    expect(leftOut).toEqual([]);
    expect(reached.map(({ costs }) => costs.size)).toEqual([2, 1, 0]);
    expect(reached[2]).toMatchObject({ best: null, of: 0, compared: false });
  });

  test('no target without points to choose from', () => {
    const single = cloud([80, 1, 1]);
    expect(matchByScore([seeds(single, single), seeds(single)]).target).toBeNull();
    expect(matchByScore([seeds(line(50, 2)), seeds(line(50, 2))]).target).toBeNull(); // nothing was learned
    expect(matchByScore([]).target).toBeNull();
  });
});

describe('matchByNorm', () => {
  test('compares at the quarters of the common range of log norms', () => {
    const own = seeds(line(80, 2)); // norms 1 to 16, forgetting 2 · log16(norm)
    const reference = seeds(cloud([60, 4, 1], [70, 64, 3])); // log4(norm): common range 4 to 16
    const match = matchByNorm(own, reference);
    [4 * 4 ** 0.25, 8, 4 * 4 ** 0.75].forEach((norm, i) => expect(match.norms![i]).toBeCloseTo(norm, 12));
    expect(match.own.get(1)).toBeCloseTo(2 * 0.75, 12);
    expect(match.reference.get(1)).toBeCloseTo(1.5, 12);
    expect(match.fewestPoints).toBe(1);
  });

  test('nothing is extrapolated: no overlap no norms, a short seed is left out', () => {
    const high = seeds(cloud([60, 20, 1], [70, 40, 2]));
    expect(matchByNorm(seeds(line(80, 2)), high)).toMatchObject({ norms: null, fewestPoints: 0 });
    const short = cloud([60, 1, 1], [70, 2, 2]);
    const match = matchByNorm(seeds(line(80, 2), line(80, 2), short), seeds(line(80, 2), line(80, 2), line(80, 2)));
    expect(match.leftOut).toEqual([3]);
    expect([...match.own.keys()]).toEqual([1, 2]);
  });

  test('only seeds that both have count', () => {
    const match = matchByNorm(seeds(line(80, 2), line(80, 2)), new Map([[2, line(80, 2)]]));
    expect([...match.own.keys()]).toEqual([2]);
    expect(matchByNorm(seeds(line(80, 2)), new Map()).norms).toBeNull();
  });
});
