/** Every update plain and coupled with MAP (and with DoRA's magnitude), with paired differences from the plain one. */
import type { Cell, Comparison, Row } from '../../comparison.ts';
import { printedTitle } from '../../frozen.ts';
import { metricTitle, methodTitle, taskTitle } from '../../names.ts';
import { notesOf } from '../../notes/notes.ts';
import { protocolLines } from '../../protocols.ts';
import { differenceSections } from '../main/table.ts';
import { field, formatCount, formatScore, NOTHING } from '../../tables/numbers.ts';
import { left, right, score as scoreColumn, type Field, type Section, type Table } from '../../tables/table.ts';
import { MAGNITUDE, type Coupled, type Coupling } from './couplings.ts';
import { unitsOf } from '../../readings.ts';

export function couplingTable(coupling: Coupling, title: string): Table {
  const { comparison, coupled, map, magnitude } = coupling;
  return {
    title,
    sections: [
      ...comparison.tasks.map(({ task, metric }, i) =>
        scores(
          coupling,
          { name: task, metric },
          `${taskTitle(task)}: score on dev in ${unitsOf([metric])} (${metricTitle(metric)})`,
          ({ cells }) => cells[i]!,
        ),
      ),
      ...(comparison.tasks.length > 1
        ? [
            scores(
              coupling,
              { name: 'average', metric: comparison.tasks[0]!.metric },
              'Average of the tasks, one value a seed',
              ({ average }) => average,
            ),
          ]
        : []),
      ...named('With MAP', 'map', map),
      ...(magnitude === null ? [] : named(`With ${MAGNITUDE}`, 'magnitude', magnitude)),
    ],
    records: records(coupling),
    protocols: protocolLines(coupled),
    notes: notes(coupling),
  };
}

/** What an update is called: EDoRA's core has no published form of its own. */
export function updateTitle({ update }: Coupled): string {
  return update === 'edora' ? 'EDoRA’s core' : methodTitle(update);
}

/** One line for each row with MAP. */
function scores(
  { updates, magnitude }: Coupling,
  { name, metric }: { readonly name: string; readonly metric: string },
  caption: string,
  of: (row: Row) => Cell,
): Section {
  const score = (row: Row | null) => (row === null ? NOTHING : formatScore(of(row).score));
  return {
    name,
    caption: `${caption}: mean ± standard deviation (seeds)`,
    bestOf: 'row',
    columns: [
      ...[left('Update'), right('Parameters'), scoreColumn('Plain', metric)],
      ...(magnitude === null ? [] : [scoreColumn(`With ${MAGNITUDE}`, metric)]),
      ...[scoreColumn('With MAP', metric), left('MAP’s row')],
    ],
    rows: updates.flatMap((own) =>
      own.map.map((row) => [
        updateTitle(own),
        formatCount(Math.max(...own.plain.results.map(({ trial }) => trial.parameters.adapter))),
        score(own.plain),
        ...(magnitude === null ? [] : [score(own.magnitude)]),
        ...[score(row), printedTitle(row)],
      ]),
    ),
  };
}

function named(what: string, name: string, coupled: Comparison): Section[] {
  return differenceSections(coupled).map((section) => ({
    ...section,
    name: `${name}-${section.name}`,
    caption: `${what}. ${section.caption.replace('the baseline', 'the plain update')}`,
  }));
}

function records({ updates, map, magnitude, comparison }: Coupling): Table['records'] {
  const rows = updates.flatMap((own) => {
    const coupled = [
      ...map.rows.filter(({ title }) => own.map.some((row) => row.title === title)).map((row) => ['map', row] as const),
      ...(magnitude?.rows ?? [])
        .filter(({ title }) => title === own.magnitude?.title)
        .map((row) => ['magnitude', row] as const),
    ];
    return coupled.flatMap(([join, row]) => [
      ...comparison.tasks.map(({ task }, i) =>
        record(own, join, row, taskTitle(task), own.plain.cells[i]!, row.cells[i]!, []),
      ),
      record(own, join, row, 'average', own.plain.average, row.average, [
        ...[row.bca?.[0], row.bca?.[1], row.p, row.pHolm, row.pEquivalent, row.pEquivalentHolm],
      ]),
    ]);
  });
  return {
    columns: [
      ...['update', 'composition', 'method', 'plain', 'task', 'plain_mean', 'plain_standard_deviation', 'mean'],
      ...['standard_deviation', 'pairs', 'difference', 'difference_low', 'difference_high', 'bca_low', 'bca_high'],
      ...['p_sign_flip', 'p_holm', 'p_equivalent', 'p_equivalent_holm'],
    ],
    rows,
  };
}

function record(
  own: Coupled,
  join: string,
  row: Row,
  task: string,
  plain: Cell,
  { score, difference }: Cell,
  tests: readonly (number | null | undefined)[],
): Field[] {
  return [
    ...[own.update, join, row.title, own.plain.title, task],
    ...[plain.score?.mean, plain.score?.deviation, score?.mean, score?.deviation].map(field),
    ...[difference?.n, difference?.mean, difference?.interval?.[0], difference?.interval?.[1]].map(field),
    ...Array.from({ length: 6 }, (_, i) => field(tests[i])),
  ];
}

function notes({ coupled, magnitude, updates }: Coupling): string[] {
  const core = updates.some(({ update }) => update === 'edora');
  return [
    'Each row is compared with its own update under W + sΔ, trained with the same seeds, data order and search, not with LoRA.',
    ...(magnitude === null ? [] : [`Holm is over all rows of this table, those with MAP and those with ${MAGNITUDE}.`]),
    ...(core ? ['EDoRA’s core is published under DoRA’s magnitude alone: there MAP takes the magnitude’s place.'] : []),
    ...notesOf(coupled).filter((note) => !note.startsWith('Not in this table')),
  ];
}
