/**
 * Tables that others have published, as data: `results/quoted/*.json`. Nothing of them was computed here, and whatever
 * shows a number of theirs says that it is quoted.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, JsonError, parseJson, reasonOf } from '@lomap/files';
import { z } from 'zod';
import { ResultsError } from './error.ts';
import { describeIssues } from './issues.ts';

const words = z.string().min(1);
/** One number, or the two that a task has: matched and mismatched, accuracy and F1. */
const score = z.union([z.number(), z.tuple([z.number(), z.number()])]);

const sourceSchema = z.strictObject({
  /** A paper with its arXiv number, or a repository with its commit. */
  title: words,
  table: words,
  url: z.url().optional(),
  /** How the numbers came here, where it was not from the table itself. */
  read: words.optional(),
});

const rowSchema = z.strictObject({
  /** A key of `sources`. */
  source: words,
  /** Further sources with the same numbers. */
  also: z.array(words).optional(),
  /** The row's name in the table. */
  row: words,
  /** The method's name in print. */
  method: words,
  /** Its name in the registry, where there is one. */
  name: words.optional(),
  rank: z.number().int().positive().optional(),
  /** Trainable parameters, as printed. */
  parameters: words.optional(),
  seeds: z.number().int().positive().optional(),
  /** By task, as printed; empty where only the average is known. */
  scores: z.record(words, score),
  /** Standard deviations over seeds, by task. */
  deviations: z.record(words, z.number().nonnegative()).optional(),
  /** As printed; absent where none was. */
  average: z.number().optional(),
  /** A key of `averaging`. */
  averaging: z.enum(['plain', 'first-metric', 'mean-of-metrics']),
  /** Why the row is no fair floor. */
  failed: words.optional(),
  note: words.optional(),
  memoryGB: z.number().positive().optional(),
  trainSeconds: z.number().positive().optional(),
});

const tableSchema = z
  .strictObject({
    title: words,
    benchmark: words,
    /** What was scored: `dev`, or what differs from it. Tables of two protocols are not compared. */
    protocol: words,
    /** The model's name on the hub, lower case, without its organisation. */
    model: words,
    tasks: z.array(words).min(1),
    sources: z.record(words, sourceSchema),
    /** What each averaging rule of the rows is, in a sentence. */
    averaging: z.partialRecord(rowSchema.shape.averaging, words),
    rows: z.array(rowSchema).min(1),
    /** Differences between two methods that several sources have. */
    gains: z
      .array(
        z.strictObject({
          method: words,
          over: words,
          rank: z.number().int().positive(),
          tasks: z.array(words).min(1),
          /** By source, the mean over the tasks as the source says it. */
          stated: z.record(words, z.number()),
        }),
      )
      .optional(),
    /** What was found and not taken, and why. */
    leftOut: z.array(z.strictObject({ what: words, why: words })),
  })
  .superRefine((table, context) => {
    const fault = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    for (const [i, row] of table.rows.entries()) {
      for (const source of [row.source, ...(row.also ?? [])]) {
        if (!Object.hasOwn(table.sources, source))
          fault(['rows', i, 'source'], `expected a key of sources, found "${source}"`);
      }
      if (!Object.hasOwn(table.averaging, row.averaging))
        fault(['rows', i, 'averaging'], `"${row.averaging}" is not explained`);
      const unknown = Object.keys({ ...row.scores, ...row.deviations }).filter((task) => !table.tasks.includes(task));
      if (unknown.length > 0) fault(['rows', i, 'scores'], `expected tasks of the table, found ${unknown.join(', ')}`);
      if (row.average === undefined && Object.keys(row.scores).length === 0) fault(['rows', i], 'expected a number');
      const computed = averageOf(table, row);
      if (row.average !== undefined && computed !== null && Math.abs(row.average - computed) > unitOf(row)) {
        fault(
          ['rows', i, 'average'],
          `the scores average ${computed.toFixed(2)} by "${row.averaging}", not ${row.average}`,
        );
      }
    }
    for (const [i, gain] of (table.gains ?? []).entries()) {
      for (const { source, mean, stated } of gainsOf(table, gain)) {
        // Differences of rounded scores.
        if (mean !== null && Math.abs(mean - stated) <= 0.0101) continue;
        fault(
          ['gains', i, 'stated', source],
          `the rows of "${source}" say ${mean?.toFixed(2) ?? 'nothing'}, not ${stated}`,
        );
      }
    }
  });

export type QuotedTable = z.infer<typeof tableSchema>;
export type QuotedRow = QuotedTable['rows'][number];

/** A task's number by a rule. */
function numberOf(value: QuotedRow['scores'][string], rule: QuotedRow['averaging']): number {
  if (typeof value === 'number') return value;
  return rule === 'mean-of-metrics' ? (value[0] + value[1]) / 2 : value[0];
}

/** The mean over the table's tasks by a rule, the row's own if absent; null where the row lacks one. */
export function averageOf(
  { tasks }: Pick<QuotedTable, 'tasks'>,
  { scores, averaging }: Pick<QuotedRow, 'scores' | 'averaging'>,
  rule: QuotedRow['averaging'] = averaging,
): number | null {
  const values = tasks.flatMap((task) => (scores[task] === undefined ? [] : [numberOf(scores[task], rule)]));
  return values.length < tasks.length ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** One of the last printed digit: cells and average are both rounded. */
function unitOf({ scores, average }: QuotedRow): number {
  const digits = [...Object.values(scores).flat(), average ?? 0].map((value) => `${value}`.split('.')[1]?.length ?? 0);
  return 1.0001 * 10 ** -Math.max(...digits);
}

/**
 * What each source of a gain says: the mean over its tasks of one method's score minus the other's, as its rows have it
 * (null where they lack one) and as it is stated.
 */
export function gainsOf(
  table: Pick<QuotedTable, 'rows'>,
  { method, over, rank, tasks, stated }: NonNullable<QuotedTable['gains']>[number],
): { readonly source: string; readonly mean: number | null; readonly stated: number }[] {
  return Object.entries(stated).map(([source, said]) => {
    const of = (name: string): number | null => {
      const row = table.rows.find((row) => row.source === source && row.method === name && row.rank === rank);
      return row ? averageOf({ tasks }, row) : null;
    };
    const [own, other] = [of(method), of(over)];
    return { source, mean: own === null || other === null ? null : own - other, stated: said };
  });
}

/** @throws ResultsError that names the file and the key if it is no such table */
export function parseQuoted(json: string | Uint8Array, file: string): QuotedTable {
  let value: unknown;
  try {
    value = parseJson(json, file);
  } catch (error) {
    if (error instanceof JsonError) throw new ResultsError(error.message, { cause: error });
    throw error;
  }
  const checked = tableSchema.safeParse(value);
  if (!checked.success) throw new ResultsError(`${file}: ${describeIssues(checked.error)}.`);
  return checked.data;
}

/** The tables of a folder, by file name without extension; none where there is no such folder. @throws ResultsError */
export async function readQuoted(folder: string): Promise<Map<string, QuotedTable>> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return [];
    throw new ResultsError(`${folder}: cannot be listed: ${reasonOf(error)}.`, { cause: error });
  });
  const tables = new Map<string, QuotedTable>();
  for (const name of names.filter((name) => name.endsWith('.json')).sort()) {
    const file = join(folder, name);
    tables.set(name.slice(0, -'.json'.length), parseQuoted(await readFile(file), file));
  }
  return tables;
}
