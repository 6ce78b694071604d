import {
  differenceText,
  differingKeys,
  protocolDifferences,
  type ProtocolDifference,
  type TrialResult,
} from '@lomap/results';
import { distinct, groupBy } from './group.ts';
import { taskTitle } from './names.ts';

interface TitledTrials {
  readonly title: string;
  readonly results: readonly TrialResult[];
}

/** A row of a comparison, as far as its protocol goes. */
export interface ProtocolRow extends TitledTrials {
  readonly baseline: string | null;
  readonly unequal: ReadonlyMap<string, readonly string[]>;
}

/**
 * The tasks on which trials of one seed differ in more than their methods, each with the settings in which they do;
 * those of the question are no difference. Empty where the two may be compared.
 */
export function unequalTasks(
  row: Pick<TitledTrials, 'results'>,
  baseline: Pick<TitledTrials, 'results'>,
  question: readonly string[],
): Map<string, string[]> {
  const cellOf = ({ trial: { settings } }: TrialResult) => JSON.stringify([settings.task, settings.seed]);
  const partners = groupBy(baseline.results, cellOf);
  const unequal = new Map<string, string[]>();
  for (const result of row.results) {
    const { settings } = result.trial;
    const keys = (partners.get(cellOf(result)) ?? []).flatMap(({ trial }) => differingKeys(settings, trial.settings));
    const undeclared = keys.filter((key) => !question.includes(key));
    if (undeclared.length > 0)
      unequal.set(settings.task, distinct([...(unequal.get(settings.task) ?? []), ...undeclared]));
  }
  return unequal;
}

/** What differs between the rows besides their methods. */
export function protocolsOf(rows: readonly TitledTrials[]): ProtocolDifference[] {
  return protocolDifferences(
    rows.map(({ title, results }) => ({ title, trials: results.map(({ trial }) => trial.settings) })),
  );
}

/**
 * What stands at the top of a table whose rows differ in more than their methods: each setting with the rows that have
 * which value, then what is not compared, and how to compare it. Empty where nothing differs.
 */
export function protocolLines({
  rows,
  protocols,
  question,
}: {
  readonly rows: readonly ProtocolRow[];
  readonly protocols: readonly ProtocolDifference[];
  readonly question: readonly string[];
}): string[] {
  const asked = protocols.filter(({ key }) => question.includes(key));
  const others = protocols.filter(({ key }) => !question.includes(key));
  const apart = rows.filter(({ unequal }) => unequal.size > 0);
  const keys = distinct(apart.flatMap(({ unequal }) => [...unequal.values()].flat()));
  return [
    ...asked.map((difference) => `The sweep asks about ${differenceText(difference, taskTitle)}.`),
    ...others.map((difference) => `Unequal protocols: ${differenceText(difference, taskTitle)}.`),
    ...(apart.length === 0
      ? []
      : [
          `Not compared, because they were trained unequally: ${apart.map(pairText).join('; ')}. Give the rows the same settings, or, if ` +
            `the difference is what the sweep asks about, say so in its file: "question": ${JSON.stringify(keys)}.`,
        ]),
  ];
}

/** `DoRA and LoRA`, with the tasks where it is not all that the row has. */
function pairText({ title, baseline, results, unequal }: ProtocolRow): string {
  const tasks = distinct(results.map(({ trial }) => trial.settings.task));
  const some = unequal.size < tasks.length ? ` on ${[...unequal.keys()].map(taskTitle).join(', ')}, so on average` : '';
  return `${title} and ${baseline}${some}`;
}
