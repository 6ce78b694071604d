/** Parameters, time of a step, peak memory and time to merge, by method. */
import { distinct } from '../../group.ts';
import { compareText, taskTitle } from '../../names.ts';
import { provenanceNotes } from '../../notes/provenance.ts';
import { rowNotes } from '../../notes/rows.ts';
import { syntheticText } from '../../notes/synthetic.ts';
import { protocolLines } from '../../protocols.ts';
import { counted, field, fixed, formatCount, NOTHING } from '../../tables/numbers.ts';
import { left, right, type Section, type Table } from '../../tables/table.ts';
import { gauges, type Cost, type Costs, type TaskCosts } from './costs.ts';

export function efficiencyTable(costs: Costs, title: string): Table {
  return {
    title,
    sections: costs.tasks.map(section),
    records: records(costs),
    protocols: protocolLines(costs.comparison),
    notes: notes(costs),
  };
}

function section({ task, rows }: TaskCosts): Section {
  const baselines = distinct(rows.flatMap(({ row }) => row.baseline ?? []));
  const to = baselines.length === 1 ? baselines[0]! : 'baseline';
  return {
    caption: `${taskTitle(task)}: median over the trials [lowest, highest], and how many times ${to === 'baseline' ? 'the baseline' : `${to}’s`}`,
    columns: [
      left('Method'),
      right('Trainable, no head'),
      ...gauges.flatMap(({ title, unit }) => [right(`${title} (${unit})`), { ...right(`× ${to}`), ofPrevious: true }]),
      right('Trials'),
    ],
    rows: rows.map(({ row, parameters, costs }) => [
      row.title,
      formatCount(parameters),
      ...gauges.flatMap(({ decimals }, i) => cells(costs[i]!, decimals)),
      String(Math.max(...costs.map(({ bySeed }) => bySeed.size))),
    ]),
  };
}

function cells({ median, range, ratio }: Cost, decimals: number): string[] {
  if (median === null) return [NOTHING, NOTHING];
  const [low, high] = range!;
  const spread = low === high ? '' : ` [${fixed(low, decimals)}, ${fixed(high, decimals)}]`;
  return [fixed(median, decimals) + spread, ratio === null ? NOTHING : fixed(ratio)];
}

function records({ tasks }: Costs): Table['records'] {
  return {
    columns: [
      ...['method', 'task', 'rank', 'trainable_without_head'],
      ...['measure', 'trials', 'median', 'lowest', 'highest', 'baseline', 'ratio'],
    ],
    rows: tasks.flatMap(({ task, rows }) =>
      rows.flatMap(({ row, parameters, costs }) =>
        gauges.map(({ key }, i) => {
          const { bySeed, median, range, ratio } = costs[i]!;
          return [
            ...[row.title, taskTitle(task), row.rank, parameters, key, bySeed.size],
            ...[field(median), field(range?.[0]), field(range?.[1]), row.baseline, field(ratio)],
          ];
        }),
      ),
    ),
  };
}

function notes({ results, comparison, overlapping }: Costs): string[] {
  const synthetic = syntheticText(results);
  const listed = (values: readonly (string | number)[]) => distinct(values).map(String).sort(compareText).join(', ');
  const others = comparison.results.length - results.length;
  return [
    ...(synthetic === null ? [] : [synthetic]),
    ...rowNotes(comparison),
    ...(overlapping === 0
      ? []
      : [
          `${overlapping} of ${counted(results.length, 'trial')} ran while another of them did, which disturbs the times. Run the sweep again with --jobs 1.`,
        ]),
    'Times and memory mean something on a quiet machine with --jobs 1 alone. Each trial had a process of its own.',
    'A step is forward, backward, clipping and AdamW of one batch; compiling, evaluation and checkpoints are left out. ' +
      'Trials of one seed have the same batches, so the ratios are by seed: the median of own over the baseline’s.',
    'Peak memory is that of the whole process: Node, ONNX Runtime, the base model and the data are in it for every method.',
    'Merging is done on the processor, in float64, after training: W* of every adapted matrix from W and the update, the ' +
      'median of seven times.',
    `Threads a trial: ${listed(results.map(({ measured }) => measured.threads))}. Batch size: ${listed(results.map(({ trial }) => trial.settings.training.batchSize))}. Processor: ${listed(results.map(({ provenance }) => provenance.processor))}.`,
    ...(others === 0 ? [] : [`Left out for sharing a process with others: ${counted(others, 'trial')}.`]),
    ...provenanceNotes(results),
  ];
}
