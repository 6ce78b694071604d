/** The deviations that a finished sweep's paired differences have. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { compare, nameMethods } from '@lomap/report';
import { readAbout, readResults, ResultsError } from '@lomap/results';
import { FailureError } from '../errors.ts';
import { methodTitles } from '../packages.ts';
import { resolveUserPath } from '../workspace.ts';

/** Paired differences that are or were measured. */
export interface Measured {
  /** `DoRA against LoRA`; empty for a deviation of the command line. */
  readonly name: string;
  readonly deviation: number;
  /** The seeds that are judged; null if only the number needed is asked for. */
  readonly seeds: number | null;
}

const REMEDY = 'Name a folder results/<sweep> that has a baseline and more seeds, or give --deviation.';

/**
 * Each row of a results folder against its baseline, and what was left out for having no deviation. Throws a
 * FailureError for a folder that is not there or has no paired differences.
 */
export async function measuredIn(
  from: string,
  seeds: number | null,
): Promise<{ measured: Measured[]; leftOut: string[] }> {
  const directory = resolveUserPath(from);
  const found = await stat(directory).catch(() => null);
  if (found?.isDirectory() !== true) {
    throw new FailureError(`--from ${from}: ${found === null ? 'there is no such folder' : 'not a folder'}.`, REMEDY);
  }
  const read = await readResults(directory).catch((error: unknown) => {
    throw error instanceof ResultsError ? new FailureError(`--from ${from}: ${error.message}`, REMEDY) : error;
  });
  for (const problem of read.problems) console.error(`warning: ${problem}`);
  const about = await readAbout(directory).catch((error: unknown) => {
    throw error instanceof ResultsError ? new FailureError(`--from ${from}: ${error.message}`, REMEDY) : error;
  });
  nameMethods(methodTitles());
  const rows = compare(basename(directory), read.results, about)?.rows ?? [];
  const measured: Measured[] = [];
  const leftOut: string[] = [];
  for (const { title, baseline, unequal, average } of rows) {
    if (baseline === null) continue;
    const name = `${title} against ${baseline}`;
    const { n, deviation } = average.difference ?? { n: 0, deviation: null };
    if (unequal.size > 0) leftOut.push(`${name}, trained under unequal protocols`);
    else if (deviation === null) leftOut.push(`${name}, ${n === 0 ? 'no pair' : 'one pair'} of seeds`);
    else if (deviation === 0) leftOut.push(`${name}, the same difference in each of ${n} seeds`);
    else measured.push({ name: `${name} (${n} pairs)`, deviation, seeds: seeds ?? n });
  }
  if (measured.length > 0) return { measured, leftOut };
  throw new FailureError(
    `--from ${from}: expected a finished sweep with paired differences over at least two seeds; ` +
      `${read.results.length} results are here${leftOut.length === 0 ? '' : `: ${leftOut.join('; ')}`}.`,
    REMEDY,
  );
}
