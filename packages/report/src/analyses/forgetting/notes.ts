import { distinct } from '../../group.ts';
import { listed } from '../../findings/words.ts';
import { metricTitle, taskTitle } from '../../names.ts';
import { FEW_SEEDS } from '../../notes/few-seeds.ts';
import { failureLines } from '../../notes/failures.ts';
import { smallestText } from '../../notes/notes.ts';
import { provenanceNotes } from '../../notes/provenance.ts';
import { syntheticText } from '../../notes/synthetic.ts';
import { fixed, signed } from '../../tables/numbers.ts';
import {
  attainedDifferences,
  FEW_IN_CLOUD,
  FEW_INSIDE,
  type ForgettingComparison,
  type NormEndpoint,
  type ScoreEndpoint,
} from './compare.ts';
import { TARGET_SHARE } from './match-score.ts';

const SCORE_RULE =
  'Matched score: each seed’s points (one for each learning rate and epoch) give a frontier, the points of which no ' +
  'other has at least the score with at most the forgetting; its forgetting at the target score is read off the ' +
  `monotone cubic through them. Target: ${TARGET_SHARE * 100} % of the way from the floor (median over methods and seeds of the ` +
  'lowest score) to what most methods reach (lower median over the methods of the median over seeds of the best score). ' +
  'A method that reaches it with half of its seeds or fewer is not compared; a seed with which another method does not ' +
  'reach it is left out for all.';

const NORM_RULE =
  'Matched ‖ΔW‖: isotonic regression of each seed’s forgetting on ‖ΔW‖ over the encoder, read off linearly in log ‖ΔW‖ ' +
  'at three norms, at the quarters of the range that both a method and its baseline cover (medians over the seeds), and ' +
  'averaged. The norms are the pair’s own. Nothing is extrapolated.';

/** What a reader must know beside the numbers of forgetting, most important first. */
export function forgettingNotes(comparison: ForgettingComparison): string[] {
  const { endpoints, results, tasks, kinds, protocols } = comparison;
  const scores = endpoints.filter((endpoint) => endpoint.matched === 'score');
  const norms = endpoints.filter((endpoint) => endpoint.matched === 'norm');
  const seeds = distinct(results.map(({ trial }) => trial.settings.seed)).length;
  const pairs = endpoints.flatMap(({ rows }) => rows.flatMap(({ average }) => average.difference?.n ?? []));
  const synthetic = syntheticText(results);
  return [
    ...protocols,
    ...(synthetic === null ? [] : [synthetic]),
    ...failureLines([...comparison.floors, ...comparison.rows], comparison.diverged),
    ...(seeds < FEW_SEEDS ? [`Few seeds (n = ${seeds}): for looking, not for concluding.`] : []),
    `Forgetting is what was there before training minus what is left, so more is worse: ${kinds.map(({ measure, unit }) => `${measure}, in ${unit}`).join('; ')}.`,
    'A difference below 0 means that less is forgotten than by the baseline.',
    SCORE_RULE,
    NORM_RULE,
    `Scores are the primary metric on the selection split, which no step has trained on: ${tasks.map(({ task, metric }) => `${taskTitle(task)} ${metric.split(' or ').map(metricTitle).join(' or ')}`).join('; ')}.`,
    'Differences pair trials of the same seed. Intervals are Student’s t; p is the exact sign-flip test over the seeds ' +
      `(${smallestText(pairs)}), Holm over the rows of one grid. ` +
      ' The grids answer different questions and are not adjusted for each other; the ' +
      'columns of single tasks are secondary.',
    ...scores.flatMap((endpoint) => scoreNotes(endpoint, comparison)),
    ...norms.flatMap(normNotes),
    ...floors(comparison),
    ...(endpoints.some(({ rows }) => rows.some(({ fewPoints }) => fewPoints))
      ? [
          `† few points: with some seed the frontier begins above the target score (its forgetting there is an upper ` +
            `bound), the cloud has fewer than ${FEW_IN_CLOUD} points, or fewer than ${FEW_INSIDE} lie in the range of norms.`,
        ]
      : []),
    ...provenanceNotes(results),
  ];
}

/** What could not be matched at the score, and what the interpolation does. */
function scoreNotes(endpoint: ScoreEndpoint, { rows }: ForgettingComparison): string[] {
  const { kind, tasks, matches } = endpoint;
  const lines = matches.flatMap(({ target, reached, leftOut }, t) => {
    const where = `${taskTitle(tasks[t]!.task)} (${kind.what})`;
    if (target === null) {
      return [
        `No target score on ${where}: the points do not span scores that most methods reach. It is in no mean over tasks.`,
      ];
    }
    const short = rows.flatMap(({ title }, r) => {
      const { seeds, of, compared } = reached[r]!;
      return of > 0 && !compared ? [`${title} (${seeds} of ${of} seeds)`] : [];
    });
    return [
      ...(short.length === 0 ? [] : [`Not compared on ${where}, for not reaching ${fixed(target)}: ${listed(short)}.`]),
      ...(leftOut.length === 0 ? [] : [`Left out for all on ${where}: ${seedList(leftOut)}.`]),
    ];
  });
  const attained = [...attainedDifferences(endpoint)].map(([title, mean]) => `${title} ${signed(mean, kind.decimals)}`);
  return [
    ...lines,
    ...(attained.length === 0
      ? []
      : [
          `Without interpolation (the least forgetting of a trained point that reaches the score) the mean differences ` +
            `in ${kind.what} are, in ${kind.unit}: ${attained.join(', ')}.`,
        ]),
  ];
}

function normNotes({ kind, tasks, rows, matches }: NormEndpoint): string[] {
  return rows.flatMap(({ title, baseline }, r) =>
    matches[r]!.flatMap(({ norms, leftOut }, t) => {
      const where = `${taskTitle(tasks[t]!.task)} (${kind.what})`;
      if (norms === null) return [`No norm that both ${title} and ${baseline} cover on ${where}.`];
      return leftOut.length === 0
        ? []
        : [`Left out of ${title} at matched ‖ΔW‖ on ${where}, for not covering the norms: ${seedList(leftOut)}.`];
    }),
  );
}

function floors({ floors: rows }: ForgettingComparison): string[] {
  if (rows.length === 0) return [];
  const verb = rows.length === 1 ? 'leaves' : 'leave';
  const forgets = rows.length === 1 ? 'forgets' : 'forget';
  return [
    `${listed(rows.map(({ title }) => title))} ${verb} the encoder as it is and so ${forgets} nothing: in no comparison.`,
  ];
}

function seedList(seeds: readonly number[]): string {
  return `${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}`;
}
