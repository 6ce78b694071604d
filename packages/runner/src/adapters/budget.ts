/** AdaLoRA's ranks: what training began with, what it is to leave, and what is left in the file. */
import { initialRank, type MatrixRank, type MethodSettings } from '@lomap/peft';

export interface Budget {
  /** Every matrix's rank at the start (PEFT's init_r), and the mean that is to be left at the end (target_r). */
  readonly start: number;
  readonly target: number;
  /** Ranks whose singular value is not 0, over all matrices: how many, out of how many at the start, and by matrix. */
  readonly left: number;
  readonly all: number;
  readonly least: number;
  readonly most: number;
  /**
   * What they say of the schedule, whose step no file holds: `untrained` where every singular value is 0, as at the
   * start; `full` before the first allocation; `reducing` while more are left than the target; `reached` after that.
   */
  readonly phase: 'untrained' | 'full' | 'reducing' | 'reached';
}

/** Null for a method that allocates no ranks. */
export function budgetOf(settings: MethodSettings, ranks: readonly MatrixRank[]): Budget | null {
  const left = ranks.flatMap((matrix) => matrix.left ?? []);
  if (left.length === 0 || settings.rank === null) return null;
  const start = initialRank(settings);
  const sum = left.reduce((total, count) => total + count, 0);
  const all = start * left.length;
  const target = settings.rank;
  const counts = { start, target, left: sum, all, least: Math.min(...left), most: Math.max(...left) };
  if (sum === 0) return { ...counts, phase: 'untrained' };
  if (sum <= target * left.length) return { ...counts, phase: 'reached' };
  return { ...counts, phase: sum === all ? 'full' : 'reducing' };
}

/** The budget in words, a row each. */
export function budgetRows({ start, target, left, all, least, most, phase }: Budget): [string, string][] {
  const end = (target * all) / start;
  const said = {
    untrained: 'every singular value is 0, as before training: it changes nothing',
    full: 'none is taken away yet',
    reducing: `the budget is on its way to ${end}`,
    reached: `the budget of ${end} is reached`,
  };
  const mean = Number(((left * start) / all).toPrecision(3));
  return [
    ['rank', `${start} at the start (init_r), ${target} on average at the end (target_r)`],
    ['ranks left', `${left} of ${all}, ${mean} a matrix (${least} to ${most}): ${said[phase]}`],
  ];
}
