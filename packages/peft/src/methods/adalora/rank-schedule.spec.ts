/**
 * The schedule of ranks against HF PEFT 0.21.2's RankAllocator (PyTorch 2.15, float32).
 *
 * How the values were made: `get_peft_model` with AdaLoraConfig(init_r=3, target_r=1, tinit=2, tfinal=3, deltaT=2,
 * total_step=12, beta1=.85, beta2=.8) on a module of first = Linear(4, 3) and second = Linear(3, 2). Before each
 * `update_and_allocate(t)`, t = 1, ..., 12, entry i of the c-th of first.A, first.B, first.E, second.A, second.B,
 * second.E was set to sin(0.7 i + 0.3 t + c) and its gradient to cos(1.3 i + 0.5 t + 2 c).
 */
import { describe, expect, test } from '@jest/globals';
import type { Place } from '../../between-steps.ts';
import { rankSchedule, type RankSchedule, type RankSettings } from './rank-schedule.ts';

const names = ['first', 'second'].flatMap((path) => ['lora_A', 'lora_B', 'lora_E'].map((name) => `${path}.${name}`));
const shapes = [
  [3, 4],
  [3, 3],
  [3, 1],
  [3, 3],
  [2, 3],
  [3, 1],
];
/** In the flat vector a head of four values stands before the matrices' tensors. */
const HEAD = 4;
const places = new Map<string, Place>();
names.forEach((name, i) => {
  const before = [...places.values()].reduce((sum, { size }) => sum + size, HEAD);
  places.set(name, { offset: before, size: shapes[i]![0]! * shapes[i]![1]! });
});
const settings: RankSettings = { targetRank: 1, tinit: 2, tfinal: 3, deltaT: 2, beta1: 0.85, beta2: 0.8 };
const matrices = ['first', 'second'].map((path) => ({
  ...{ right: `${path}.lora_A`, values: `${path}.lora_E`, left: `${path}.lora_B` },
}));
const STEPS = 12;

const scheduleOf = (changes: Partial<RankSettings> = {}, steps = STEPS): RankSchedule =>
  rankSchedule({ ...settings, ...changes }, matrices, places, steps);
const flat = (entry: (i: number, c: number) => number): Float32Array =>
  Float32Array.from([
    ...[1, 2, 3, 4],
    ...[...places.values()].flatMap(({ size }, c) => Array.from({ length: size }, (_, i) => entry(i, c))),
  ]);
/** The flat vector's values by tensor, the head's first. */
const unpacked = (values: Float32Array): Float32Array[] => [
  values.slice(0, HEAD),
  ...[...places.values()].map(({ offset, size }) => values.slice(offset, offset + size)),
];
const paramsAt = (t: number): Float32Array => flat((i, c) => Math.sin(0.7 * i + 0.3 * t + c));
const gradientAt = (t: number): Float32Array => flat((i, c) => Math.cos(1.3 * i + 0.5 * t + 2 * c));

const budgets = [6, 6, 4, 3, 2, 2, 2, 2, 2, 2, 2, 2];
/** Which λ are kept after each step that takes some away. */
const kept: Record<number, number[]> = {
  4: [0, 0, 1, 1, 0, 1],
  6: [0, 0, 1, 0, 0, 1],
  ...Object.fromEntries([8, 9, 10, 11, 12].map((t) => [t, [0, 1, 1, 0, 0, 0]])),
};
/** exp_avg_ipt and exp_avg_unc after step 8: the first three entries of each tensor. */
const sensitivity = [
  [0.41118053, 0.27346468, 0.27125537],
  [0.25594297, 0.24004814, 0.2560834],
  [0.16998626, 0.35971066, 0.37297866],
  [0.41962206, 0.29871494, 0.26855254],
  [0.25809488, 0.26052499, 0.19833252],
  [0.17879936, 0.31696317, 0.39777946],
];
const uncertainty = [
  [0.25411943, 0.26608723, 0.20510431],
  [0.20092835, 0.1622369, 0.17203686],
  [0.10570908, 0.28829351, 0.25673318],
  [0.28619111, 0.25906792, 0.19496864],
  [0.23743688, 0.17331371, 0.16462597],
  [0.12560399, 0.23961937, 0.24749514],
];

describe('the schedule of ranks', () => {
  test('budgets, importance and what is taken away are PEFT’s', () => {
    const schedule = scheduleOf();
    const memory = schedule.fresh();
    for (let t = 1; t <= STEPS; t++) {
      const params = paramsAt(t);
      const next = schedule.after(memory, t, params, gradientAt(t));
      expect([t, schedule.budget(t)]).toEqual([t, budgets[t - 1]]);
      expect(params).toEqual(paramsAt(t));
      const expected = unpacked(params);
      for (const [matrix, first] of [
        [3, 0],
        [6, 3],
      ] as const) {
        const mask = kept[t]?.slice(first, first + 3);
        if (mask) expected[matrix] = expected[matrix]!.map((value, i) => (mask[i] ? value : 0));
      }
      unpacked(next).forEach((values, i) => expect([t, i, [...values]]).toEqual([t, i, [...expected[i]!]]));
      if (t !== 8) continue;
      let at = 0;
      shapes.forEach(([rows, columns], c) => {
        for (const i of [0, 1, 2]) {
          expect(memory[0]![at + i]).toBeCloseTo(sensitivity[c]![i]!, 6);
          expect(memory[1]![at + i]).toBeCloseTo(uncertainty[c]![i]!, 6);
        }
        at += rows! * columns!;
      });
      expect(at).toBe(memory[0]!.length);
    }
  });

  test('between allocations what was taken away may come back; after the last it stays away', () => {
    const schedule = scheduleOf();
    const memory = schedule.fresh();
    const run = (t: number): Float32Array => schedule.after(memory, t, paramsAt(t), gradientAt(t));
    for (let t = 1; t < 5; t++) run(t);
    expect(run(5)).toEqual(paramsAt(5));
    for (let t = 6; t <= 9; t++) run(t);
    const measured = memory[0]!.slice();
    expect(run(10)).not.toEqual(paramsAt(10));
    expect(memory[0]).toEqual(measured);
    expect([8, 9, 10].map((t) => schedule.settled(t))).toEqual([false, true, true]);
  });

  test('without steps after the last allocation it is at the last step, and the target is kept exactly', () => {
    const schedule = scheduleOf({ tinit: 0, tfinal: 0, deltaT: 5 });
    const memory = schedule.fresh();
    for (let t = 1; t < STEPS; t++) schedule.after(memory, t, paramsAt(t), gradientAt(t));
    expect(schedule.settled(STEPS - 1)).toBe(false);
    schedule.after(memory, STEPS, paramsAt(STEPS), gradientAt(STEPS));
    expect(memory[2]!.reduce((sum, value) => sum + value, 0)).toBe(2);
  });

  test('a target that is the initial rank takes nothing away', () => {
    const schedule = scheduleOf({ targetRank: 3 });
    const memory = schedule.fresh();
    for (let t = 1; t <= STEPS; t++) expect(schedule.after(memory, t, paramsAt(t), gradientAt(t))).toEqual(paramsAt(t));
  });

  test('shares are of the run’s steps, rounded down', () => {
    const schedule = scheduleOf({ tinit: 0.19, tfinal: 0.3, deltaT: 0.01 });
    const same = scheduleOf({ tinit: 2, tfinal: 3, deltaT: 1 });
    for (let t = 1; t <= STEPS; t++) expect(schedule.budget(t)).toBe(same.budget(t));
    expect(schedule.settled(9)).toBe(true);
  });

  test('a run too short for the schedule is refused with its numbers', () => {
    expect(() => scheduleOf({}, 5)).toThrow(
      /after step tinit = 2 and at the latest at step 5 - tfinal = 2: no step is between them\. Lower tinit or tfinal/,
    );
  });
});
