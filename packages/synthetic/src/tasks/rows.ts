/** What every task's generator has in common. */
import { type Draw, type Plan, planFrom } from '../random.ts';
import type { Part } from '../part.ts';

/** 1 is easiest. */
export type Level = 1 | 2 | 3;
export const levels: readonly Level[] = [1, 2, 3];

/** One example before it is laid out in a file. */
export interface Row {
  readonly text: string;
  readonly pair: string | null;
  /** The label's cell. */
  readonly label: string;
}

/** What one set of rows is made from. */
export interface Request {
  /**
   * The set's kind: which construction, which slots differ, what is asked. It is drawn once, and then content is drawn
   * until some suits: otherwise dev, to which less content belongs, would have the kinds that are easier to fill.
   */
  readonly plan: Draw;
  readonly draw: Draw;
  readonly part: Part;
  readonly level: Level;
}

/** A set of rows that belong together (the labels of a set are balanced), or undefined if this attempt came to nothing. */
export type MakeSet = (request: Request) => readonly Row[] | undefined;

/**
 * Sets until there are exactly `count` rows, all different. Sets are whole.
 *
 * @throws Error if the grammar runs dry or no set fits into the rest.
 */
export function collect(make: MakeSet, count: number, request: Omit<Request, 'plan'>): Row[] {
  const rows: Row[] = [];
  const seen = new Set<string>();
  for (let givenUp = 0; rows.length < count;) {
    const plan = planFrom(request.draw);
    const set = oneSet(make, { ...request, plan }, plan, seen);
    if (!set && ++givenUp > count) throw new Error(`Level ${request.level} ran dry after ${rows.length} rows.`);
    if (!set || rows.length + set.length > count) continue;
    set.forEach((row) => seen.add(keyOf(row)));
    rows.push(...set);
  }
  return rows;
}

/** How often content is drawn for one plan. A set of three keys of dev's takes 512 attempts on average. */
const ATTEMPTS = 4000;

function oneSet(make: MakeSet, request: Request, plan: Plan, seen: ReadonlySet<string>): readonly Row[] | undefined {
  for (let i = 0; i < ATTEMPTS; i++) {
    plan.rewind();
    const set = make(request);
    if (!set) continue;
    const keys = new Set(set.map(keyOf));
    if (keys.size === set.length && ![...keys].some((key) => seen.has(key))) return set;
  }
  return undefined;
}

function keyOf({ text, pair }: Row): string {
  return `${text}\t${pair ?? ''}`;
}

/**
 * Two texts crossed with two partners: each goes with its own partner, not with the other's. Neither sentence alone
 * says anything about the label, and nor does any sum of what each says.
 */
export function crossed(
  [first, second]: readonly [string, string],
  [partner, otherPartner]: readonly [string, string],
  [yes, no]: readonly [string, string],
): Row[] {
  return [
    { text: first, pair: partner, label: yes },
    { text: second, pair: otherPartner, label: yes },
    { text: first, pair: otherPartner, label: no },
    { text: second, pair: partner, label: no },
  ];
}
