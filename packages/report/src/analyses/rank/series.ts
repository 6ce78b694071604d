import type { Comparison, Row } from '../../comparison.ts';
import { distinct, groupBy } from '../../group.ts';
import { methodTitle } from '../../names.ts';
import { flatten } from '../../variants.ts';

/** One method at several ranks. */
export interface RankSeries {
  /** The method's title, with the settings that tell it from other series of the method. */
  readonly title: string;
  readonly method: string;
  /** By ascending rank, at least two. */
  readonly byRank: ReadonlyMap<number, Row>;
}

/** Settings that name a row, or that a sweep over ranks changes with the rank (LoRA's scaling is loraAlpha / rank). */
const OF_THE_RANK = ['label', 'rank', 'loraAlpha'];

/**
 * The rows that are one method at several ranks, as their settings say; labels have no part in it. Rows whose
 * settings differ in the rank (and loraAlpha) alone are one series; two rows of one rank are told apart by loraAlpha.
 */
export function rankSeries({ rows }: Comparison): RankSeries[] {
  const families = [...groupBy(rows, (row) => identity(row, OF_THE_RANK)).values()]
    .flatMap((family) =>
      ranksOf(family).length === family.length
        ? [family]
        : [...groupBy(family, (row) => identity(row, ['label', 'rank'])).values()],
    )
    .filter((family) => family.length > 1 && ranksOf(family).length === family.length);
  return families.map((family) => ({
    title: titleOf(
      family[0]!,
      families.filter(([first]) => first!.method === family[0]!.method).map(([first]) => first!),
    ),
    method: family[0]!.method,
    byRank: new Map(family.map((row) => [row.rank!, row] as const).sort(([a], [b]) => a - b)),
  }));
}

/** All ranks of the series, ascending. */
export function allRanks(series: readonly RankSeries[]): number[] {
  return distinct(series.flatMap(({ byRank }) => [...byRank.keys()])).sort((a, b) => a - b);
}

function ranksOf(rows: readonly Row[]): number[] {
  return distinct(rows.flatMap(({ rank }) => rank ?? []));
}

function settingsOf({ results, variant }: Row, without: readonly string[]): Map<string, string> {
  const settings = Object.entries(results[0]!.trial.settings.method).filter(([key]) => !without.includes(key));
  return flatten({ ...Object.fromEntries(settings), ...(variant === '' ? {} : { variant }) });
}

function identity(row: Row, without: readonly string[]): string {
  return JSON.stringify([...settingsOf(row, without)].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `LoMAP`, or `LoMAP (start beta-zero)` where series of the same method differ in that. */
function titleOf(row: Row, ofMethod: readonly Row[]): string {
  const settings = ofMethod.map((other) => settingsOf(other, ['label', 'rank']));
  // Within a series loraAlpha may change with the rank: it names a series only where nothing else does.
  const differing = distinct(settings.flatMap((own) => [...own.keys()])).filter(
    (key) => distinct(settings.map((own) => own.get(key))).length > 1,
  );
  const telling = differing.filter((key) => key !== 'loraAlpha');
  const own = settingsOf(row, ['label', 'rank']);
  const words = (telling.length > 0 ? telling : differing).map(
    (key) => `${key.split('.').at(-1)!} ${(own.get(key) ?? 'none').replaceAll('"', '')}`,
  );
  return methodTitle(row.method) + (words.length === 0 ? '' : ` (${words.join(', ')})`);
}
