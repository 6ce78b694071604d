import { restrict, type Comparison, type Row } from '../../comparison.ts';
import { distinct } from '../../group.ts';

export const MAGNITUDE = 'DoRA’s magnitude';

/** How an update is joined to W. */
export type Join = 'add' | 'magnitude' | 'map' | 'other';

interface Parts {
  readonly update: string;
  readonly join: Join;
}

/** Methods of the registry whose names are their papers' instead of `composition+update`. */
const NAMED: ReadonlyMap<string, Parts> = new Map([
  ['dora', { update: 'lora', join: 'magnitude' }],
  ['bora', { update: 'lora', join: 'other' }],
  ['lomap', { update: 'lora', join: 'map' }],
  ['edora', { update: 'edora', join: 'magnitude' }],
]);
const JOINS: ReadonlyMap<string, Join> = new Map([
  ['dora', 'magnitude'],
  ['map', 'map'],
]);

/** Which update and which composition a method of the registry is, by its registry name. */
export function partsOf(method: string): Parts {
  const named = NAMED.get(method);
  if (named) return named;
  const [first, ...rest] = method.split('+');
  if (rest.length === 0) return { update: method, join: 'add' };
  return { update: rest.join('+'), join: JOINS.get(first!) ?? 'other' };
}

/** One update, plain and coupled. */
export interface Coupled {
  readonly update: string;
  /** W + sΔ; for an update that is published under a magnitude alone (EDoRA's core), that. */
  readonly plain: Row;
  readonly magnitude: Row | null;
  /** One or more: MAP with different settings. */
  readonly map: readonly Row[];
}

/** What a sweep says of coupling updates with MAP. */
export interface Coupling {
  readonly comparison: Comparison;
  readonly updates: readonly Coupled[];
  /** Every coupled row against its plain update, with Holm over all of them: they are one table. */
  readonly coupled: Comparison;
  /** Of these the rows with MAP, and those with DoRA's magnitude; null where there are none. */
  readonly map: Comparison;
  readonly magnitude: Comparison | null;
}

/** Null unless at least two updates stand both plain and with MAP. */
export function couplingOf(comparison: Comparison): Coupling | null {
  const { rows } = comparison;
  const updates = distinct(rows.map(({ method }) => partsOf(method).update)).flatMap((update): Coupled[] => {
    const of = (join: Join) => rows.filter(({ method }) => same(partsOf(method), { update, join }));
    const map = of('map');
    const plain = only(of('add')) ?? (of('add').length === 0 ? only(of('magnitude')) : null);
    const magnitude = only(of('magnitude'));
    return plain === null || map.length === 0
      ? []
      : [{ update, plain, magnitude: magnitude === plain ? null : magnitude, map }];
  });
  if (updates.length < 2) return null;
  const plainOf = new Map(
    updates.flatMap(({ plain, magnitude, map }) =>
      [...map, ...(magnitude === null ? [] : [magnitude])].map((row) => [row.title, plain.title] as const),
    ),
  );
  const kept = restrict(
    comparison,
    (row) => plainOf.has(row.title),
    ({ title }) => plainOf.get(title) ?? null,
  );
  const some = (rows: readonly Row[]): Comparison => {
    const titles = new Set(rows.map(({ title }) => title));
    const own = new Set([...rows, ...updates.map(({ plain }) => plain)].flatMap(({ results }) => results));
    return {
      ...kept,
      rows: kept.rows.filter(({ title }) => titles.has(title)),
      results: comparison.results.filter((result) => own.has(result)),
    };
  };
  const maps = updates.flatMap(({ map }) => map);
  const magnitudes = updates.flatMap(({ magnitude }) => magnitude ?? []);
  return {
    ...{ comparison, updates, coupled: some([...maps, ...magnitudes]), map: some(maps) },
    magnitude: magnitudes.length === 0 ? null : some(magnitudes),
  };
}

function same(a: Parts, b: Parts): boolean {
  return a.update === b.update && a.join === b.join;
}

/** The row, where there is one and no choice. */
function only(rows: readonly Row[]): Row | null {
  return rows.length === 1 ? rows[0]! : null;
}
