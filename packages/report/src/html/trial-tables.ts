import type { TrialResult } from '@lomap/results';
import { isScore } from '../analyses/forgetting/kinds.ts';
import { compareText, metricTitle } from '../names.ts';
import { fixed, formatCount, formatRatio, NOTHING } from '../tables/numbers.ts';
import { left, right } from '../tables/table.ts';
import { meanLoss, stepsOfValue } from './curves.ts';
import { dataTable, factTable, type DataTable } from './data-table.ts';
import type { Html } from './html.ts';
import { duration, memory, shortHash, time } from './values.ts';
import { printed, unitsOf } from '../readings.ts';

/** Scores on the selection split after every epoch, with the mean training loss of its steps. */
export function epochTable({ trial }: TrialResult): Html {
  const metrics = [...new Set(trial.epochs.flatMap(({ scores }) => Object.keys(scores)))].sort();
  const others = metrics.filter((metric) => !isScore(metric)).map(metricTitle);
  const except = others.length === 0 ? '' : `; ${others.join(' and ')} as they are`;
  const show = (metric: string, value: number | undefined) =>
    value === undefined ? NOTHING : isScore(metric) ? fixed(printed(metric, value)) : value.toPrecision(4);
  return plain({
    caption: `Selection split by epoch, in ${unitsOf(metrics.filter(isScore))} (${trial.selectionExamples} examples)${except}`,
    columns: [
      ...[left('Epoch'), right('Step'), ...metrics.map((metric) => right(metricTitle(metric)))],
      ...[right('Mean training loss'), left('Kept')],
    ],
    rows: trial.epochs.map(({ epoch, step, scores }, i) => {
      const loss = meanLoss(trial, trial.epochs[i - 1]?.step ?? 0, step);
      return [
        ...[String(epoch), String(step)],
        ...metrics.map((metric) => show(metric, scores[metric])),
        ...[loss === null ? NOTHING : loss.toPrecision(4), epoch === trial.chosenEpoch ? 'kept' : ''],
      ];
    }),
  });
}

/** Every metric on every dev split. */
export function devTable({ trial }: TrialResult): Html {
  const splits = Object.keys(trial.dev).sort();
  const metrics = [...new Set(splits.flatMap((split) => Object.keys(trial.dev[split]!)))].sort();
  return plain({
    caption: `Dev, in ${unitsOf(metrics)}`,
    columns: [left('Metric'), ...splits.map(right)],
    rows: metrics.map((metric) => [
      metricTitle(metric) + (metric === trial.primary.metric ? ' (primary)' : ''),
      ...splits.map((split) => {
        const score = trial.dev[split]![metric];
        return score === undefined ? NOTHING : fixed(printed(metric, score));
      }),
    ]),
  });
}

export function parameterTable({ trial }: TrialResult): Html {
  const { adapter, head, base, kept } = trial.parameters;
  return factTable('Parameters, steps and examples', [
    ['Trainable, without head', formatCount(adapter)],
    ...(kept === undefined ? [] : [['Of these in ranks that are left', formatCount(kept)] as const]),
    ['Trainable, head', formatCount(head)],
    ['Base model', formatCount(base)],
    ['Steps', formatCount(trial.steps)],
    ['Training examples', formatCount(trial.trainExamples)],
    ['Selection examples', formatCount(trial.selectionExamples)],
  ]);
}

/** Gradient norms before clipping and clipping factors by group, over the steps. */
export function clippingTable({ trial }: TrialResult): Html {
  const { curves } = trial;
  const steps = stepsOfValue(trial);
  const middle = (values: readonly number[]) => [...values].sort((a, b) => a - b)[(values.length - 1) >> 1];
  const show = (value: number | undefined) => (value === undefined ? NOTHING : value.toPrecision(3));
  const extreme = (values: readonly number[], of: (...values: number[]) => number) =>
    values.length === 0 ? undefined : values.reduce((a, b) => of(a, b));
  return plain({
    caption: `Gradients by group, over ${steps === 1 ? 'the steps' : `means of ${steps} steps`}`,
    columns: [
      left('Group'),
      ...['Median norm', 'Greatest norm', 'Median clipping factor', 'Least clipping factor'].map(right),
    ],
    rows: Object.keys(curves.gradientNorm)
      .sort()
      .map((group) => {
        const norms = curves.gradientNorm[group]!;
        const factors = curves.clippingFactor[group] ?? [];
        return [group, middle(norms), extreme(norms, Math.max), middle(factors), extreme(factors, Math.min)].map(
          (value) => (typeof value === 'string' ? value : show(value)),
        );
      }),
  });
}

/** What the adapted matrices ended as, summed up. */
export function matrixTable({ trial: { matrices } }: TrialResult): Html {
  type Matrix = (typeof matrices)[number];
  const line = (name: string, of: (matrix: Matrix) => number | null): string[][] => {
    const values = matrices.map(of).filter((value) => value !== null);
    if (values.length === 0) return [];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return [[name, ...[mean, Math.min(...values), Math.max(...values)].map(formatRatio)]];
  };
  return plain({
    caption: `Adapted matrices after training (${matrices.length})`,
    columns: [left('Quantity'), right('Mean'), right('Least'), right('Greatest')],
    rows: [
      ...line('‖W* − W‖ / ‖W‖', ({ updateNorm, baseNorm }) => (baseNorm > 0 ? updateNorm / baseNorm : null)),
      ...line('‖Δ‖', ({ deltaNorm }) => deltaNorm),
      ...line('rank that is left', ({ rank }) => rank ?? null),
      ...line('α / ‖W‖ − 1', ({ alphaChange }) => alphaChange),
      ...line('β at start', ({ betaStart }) => betaStart),
      ...line('β', ({ beta }) => beta),
    ],
  });
}

export function provenanceTable({ trial, provenance }: TrialResult): Html {
  const { commit, dirty, lockfileSha256, versions, os, processor, device, modelSha256, dataSha256 } = provenance;
  const tree = dirty === null ? 'unknown tree' : dirty ? 'with uncommitted changes' : 'clean tree';
  return factTable('Provenance', [
    ['Trial', trial.id],
    ['Commit', `${commit ?? 'unknown'} (${tree})`],
    ['Lockfile', lockfileSha256 === null ? 'unknown' : `sha256 ${shortHash(lockfileSha256)}`],
    [
      'Versions',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .sort()
        .join(', '),
    ],
    ['Processor', processor],
    ['Device', `${trial.settings.engine.device} (${device.name} ${device.version})`],
    ['Operating system', os],
    ['Model', `${trial.settings.model.name}, sha256 ${shortHash(modelSha256)}`],
    ['Data', `${trial.settings.data.name}, sha256 ${shortHash(dataSha256)}`],
  ]);
}

const PHASES = ['load', 'compile', 'train', 'evaluate'];

/** The phases in their order, then others, the total last. */
function placeOf(phase: string): number {
  if (phase === 'total') return PHASES.length + 1;
  return PHASES.includes(phase) ? PHASES.indexOf(phase) : PHASES.length;
}

/** Times by phase, memory, and when the trial ran. */
export function measuredTable({ measured }: TrialResult): Html {
  const { seconds, peakMemoryBytes, startedAt, finishedAt, attempts, threads } = measured;
  const phases = Object.keys(seconds)
    .sort((a, b) => placeOf(a) - placeOf(b) || compareText(a, b))
    .map((phase) => [`Time: ${phase}`, duration(seconds[phase])] as const);
  return factTable('Measured', [
    ...phases,
    ['Peak memory', memory(peakMemoryBytes)],
    ['Threads', String(threads)],
    ['Attempts', String(attempts)],
    ['Started', time(startedAt)],
    ['Finished', time(finishedAt)],
  ]);
}

function plain(table: DataTable): Html {
  return dataTable({ ...table, sortable: false });
}
