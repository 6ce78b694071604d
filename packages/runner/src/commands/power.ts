/** `lomap power`: how many seeds a difference, equality or an interval takes, by @lomap/statistics. */
import { checked } from './power-flags.ts';
import { measuredIn } from './power-measured.ts';
import type { PowerArguments } from './power-options.ts';
import { differenceSection, equivalenceSection, halfWidthSection, type Judged } from './power-sections.ts';

/**
 * One section for each thing asked: of `--difference` the power with so many seeds, the smallest difference that they
 * detect with the wanted power, and the seeds that the difference takes, no fewer than the sign-flip test needs; of
 * `--equivalence` the same for two one-sided tests; of `--half-width` the seeds of such a t interval. Throws a UsageError
 * for flags that have no meaning, and a FailureError for results without paired differences.
 */
export async function powerCommand(args: PowerArguments): Promise<string> {
  const asked = checked(args);
  const { difference, equivalence, halfWidth, deviation, seeds } = asked;
  const { measured, leftOut } =
    deviation === null
      ? await measuredIn(args.from!, seeds)
      : { measured: [{ name: '', deviation, seeds }], leftOut: [] };
  const judged: Judged = { asked, measured, comparisons: asked.comparisons ?? measured.length + leftOut.length };
  const sections = [
    ...(difference === null ? [] : [differenceSection(judged, difference)]),
    ...(equivalence === null ? [] : [equivalenceSection(judged, equivalence)]),
    ...(halfWidth === null ? [] : [halfWidthSection(judged, halfWidth)]),
    [
      ...leftOut.map((line) => `Left out: ${line}.`),
      ...(deviation === null ? ['A deviation of few pairs is itself uncertain: plan with a larger one.'] : []),
    ],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}
