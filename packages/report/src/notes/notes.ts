import { DRAWS, EQUIVALENCE_MARGIN, MOST_SIGN_FLIPS, smallestSignFlipP } from '@lomap/statistics';
import type { Comparison } from '../comparison.ts';
import { isEffectivelyFrozen } from '../frozen.ts';
import { distinct } from '../group.ts';
import { metricTitle, taskTitle } from '../names.ts';
import { formatCount, formatP } from '../tables/numbers.ts';
import { protocolLines } from '../protocols.ts';
import { searchedRates } from './chosen-rates.ts';
import { alike, inPoints, scaleText } from '../readings.ts';
import { commonRateText } from './common-rate.ts';
import { devRowsText } from './dev-rows.ts';
import { failureLines } from './failures.ts';
import { fewSeedsText } from './few-seeds.ts';
import { provenanceNotes } from './provenance.ts';
import { syntheticText } from './synthetic.ts';
import { trialNotes } from './trials.ts';

/** What a reader must know beside the numbers of a comparison, most important first. */
export function notesOf(comparison: Comparison): string[] {
  return [
    ...protocolLines(comparison),
    ...[syntheticText(comparison.results)].filter((text) => text !== null),
    ...[devRowsText(comparison.results)].filter((text) => text !== null),
    ...[fewSeedsText(comparison)].filter((text) => text !== null),
    ...[commonRateText(comparison)].filter((text) => text !== null),
    ...failureLines(comparison.rowsAndBaselines, comparison.diverged),
    ...reading(comparison),
    ...statistics(comparison),
    ...missing(comparison),
    ...settings(comparison),
    ...provenanceNotes(comparison.results),
    ...trialNotes(comparison),
  ];
}

function reading({ tasks, rows, results }: Comparison): string[] {
  const scale = scaleText(tasks.map(({ metric }) => metric));
  const metrics = tasks.map(({ task, metric }) => {
    const named = metric.split(' or ').map(metricTitle).join(' or ');
    return `${taskTitle(task)} ${named}${scale === '' ? scaleText([metric]) : ''}`;
  });
  const epochs = distinct(results.map(({ trial }) => trial.settings.selection.epoch));
  const chosen = epochs.length === 1 && epochs[0] === 'best' ? 'of the best epoch on a selection split of train' : null;
  const last = epochs.length === 1 && epochs[0] === 'last' ? 'of the last epoch' : null;
  return [
    `A score is the primary metric on dev${scale}: ${metrics.join('; ')}.`,
    `Dev was scored once, with the weights ${chosen ?? last ?? 'of the best epoch on a selection split, or of the last one'}.`,
    ...(tasks.length > 1
      ? [
          alike(tasks.map(({ metric }) => metric))
            ? 'Average: the unweighted mean of the tasks’ primary metrics, for each seed that has every task.'
            : 'No average and no test over the tasks: their metrics differ in unit or direction.',
        ]
      : []),
    ...tasks
      .filter(({ metric }) => metric.includes(' or '))
      .map(({ task }) => `The trials of ${taskTitle(task)} disagree about the primary metric: do not compare them.`),
    ...(rows.some(isEffectivelyFrozen) ? ['† effectively frozen: α and β were learned, but none moved by 5 %.'] : []),
  ];
}

function statistics({ tasks, rows }: Comparison): string[] {
  if (rows.every(({ baseline }) => baseline === null)) {
    return ['No differences: there is no LoRA row, nor a single reference cell, to compare with.'];
  }
  const pairs = rows.flatMap(({ average }) => average.difference?.n ?? []);
  const counted = pairs.every((n) => n <= MOST_SIGN_FLIPS);
  const drawn = `of more than ${MOST_SIGN_FLIPS} seeds ${formatCount(DRAWS)} sign patterns are drawn, with a fixed seed; `;
  return [
    'Differences pair trials of the same seed (same data order, head start and dropout). Intervals are Student’s t. ' +
      'Beside them the primary endpoint has the BCa bootstrap interval over the seeds: it does not take the differences ' +
      'as normal, but is too narrow with few seeds (where they are normal, it covers about 86 % with 5 and 88 % with 10).',
    `p: exact two-sided sign-flip permutation test over the seeds; ${counted ? '' : drawn}${smallestText(pairs)}. ` +
      'Holm: over the rows of this table. The differences by task are secondary.',
    ...(inPoints(tasks.map(({ metric }) => metric))
      ? [
          `p (within ±${EQUIVALENCE_MARGIN}): two one-sided t tests that the mean difference lies within ±${EQUIVALENCE_MARGIN} points, after ` +
            'Holm over the rows. Only a p of at most .05 there shows equality; an interval that contains 0 does not.',
        ]
      : []),
  ];
}

function missing({ tasks, rows }: Comparison): string[] {
  const absent = rows.flatMap(({ title, cells }) =>
    cells.flatMap(({ score }, i) => (score === null ? [`${title} on ${taskTitle(tasks[i]!.task)}`] : [])),
  );
  const seeds = distinct(rows.flatMap(({ cells }) => cells.flatMap(({ bySeed }) => [...bySeed.keys()])));
  const short = rows.some(({ cells }) => cells.some(({ bySeed }) => bySeed.size > 0 && bySeed.size < seeds.length));
  const references = [
    { method: 'head', name: 'head-only' },
    { method: 'full', name: 'full fine-tuning' },
  ].filter(({ method }) => rows.every((row) => row.method !== method));
  return [
    ...(absent.length > 0 ? [`No result: ${absent.join(', ')}.`] : []),
    ...(short ? ['Some cells have fewer seeds than others; a difference uses the seeds that both rows have.'] : []),
    ...(references.length > 0 ? [`Not in this table: ${references.map(({ name }) => name).join(', ')}.`] : []),
  ];
}

function settings(comparison: Comparison): string[] {
  const { results } = comparison;
  const samples = distinct(results.map(({ trial }) => trial.settings.training.maxTrainSamples));
  const steps = distinct(results.map(({ trial }) => trial.settings.training.maxSteps));
  const limits = (values: readonly (number | null)[]) => values.map((value) => value ?? 'no limit').join(' or ');
  return [
    ...searchedRates(comparison),
    ...(samples.some((value) => value !== null) ? [`Training rows at most: ${limits(samples)}.`] : []),
    ...(steps.some((value) => value !== null) ? [`Training steps at most: ${limits(steps)}.`] : []),
  ];
}

/** `n seeds cannot give less than 2 / 2^n (0.250 for 3, 0.002 for 10)`. */
export function smallestText(pairs: readonly number[]): string {
  const counts = distinct(pairs).sort((a, b) => a - b);
  const values = counts.map((n) => `${formatP(smallestSignFlipP(n))} for ${n}`);
  return `n seeds cannot give less than 2 / 2^n${values.length === 0 ? '' : ` (${values.join(', ')})`}`;
}
