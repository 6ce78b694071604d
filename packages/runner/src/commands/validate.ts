/** `lomap validate`: every error of sweep files at once, what their rows are, and what their settings do not do. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describeModel, isDescriptionOnly, openWeights, storedAs, type Stored } from '@lomap/models';
import { SweepFileError } from '../config/read-sweep.ts';
import type { Sweep } from '../config/sweep.ts';
import { exitCodes, messageOf, UsageError } from '../errors.ts';
import { countMain, countSearch } from '../plan/plan.ts';
import { storedText } from '../sources/stored-text.ts';
import { sweepContext, type SweepArguments } from './context.ts';
import { madeRows } from './made-rows.ts';
import { sweepNotes } from './sweep-notes.ts';

export interface ValidateArguments extends SweepArguments {
  /** Beside --config. */
  readonly files?: readonly string[] | undefined;
  readonly format: 'table' | 'json';
}

/** One file: the sweep that it is, or what is wrong with it. */
type Verdict =
  | { readonly file: string; readonly sweep: Sweep; readonly model: ModelFolder | null }
  | { readonly file: string; readonly error: UsageError; readonly problems: readonly string[] };

/**
 * The exit code. Says what each file's sweep is and the notes of its methods on `out`, and what is wrong on `err`; as
 * JSON everything on `out`.
 */
export async function validateCommand(
  { files = [], ...args }: ValidateArguments,
  out: (text: string) => void,
  err: (text: string) => void,
): Promise<number> {
  const configs = [...(args.config !== undefined || files.length === 0 ? [args.config] : []), ...files];
  const verdicts: Verdict[] = [];
  for (const config of configs) verdicts.push(await verdictOf({ ...args, config }));
  const valid = verdicts.every((verdict) => 'sweep' in verdict);
  if (args.format === 'json') out(JSON.stringify({ valid, files: verdicts.map(described) }, null, 2));
  else for (const verdict of verdicts) tellOne(verdict, out, err);
  return valid ? exitCodes.ok : exitCodes.usage;
}

async function verdictOf(args: SweepArguments): Promise<Verdict> {
  try {
    const { config, sweep } = await sweepContext(args);
    return { file: config, sweep, model: modelFolder(config, sweep) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const problems = error instanceof SweepFileError ? error.problems : [error.message];
    return { file: args.config ?? '', error, problems };
  }
}

function tellOne(verdict: Verdict, out: (text: string) => void, err: (text: string) => void): void {
  if ('error' in verdict) {
    const { message, hint } = verdict.error;
    err(`lomap: ${message}${hint === null ? '' : `\n${hint}`}`);
    return;
  }
  const { file, sweep, model } = verdict;
  const trials = countMain(sweep);
  const search = countSearch(sweep);
  const grid = `${sweep.labels.join(', ')} on ${sweep.tasks.join(', ')}, ${sweep.seeds.length} seeds`;
  const lines = [
    `${file} is valid: ${trials} trials (${grid})${search ? ` after a search of ${search}` : ''}.`,
    ...madeRows(sweep),
    ...(model
      ? [
          `Model ${model.folder}: ${model.problem ?? `${model.type}, ${model.stored ? storedText(model.stored) : 'without weights'}`}.`,
        ]
      : []),
    ...notesOf(sweep).map((note) => `Note: ${note}`),
  ];
  out(lines.join('\n'));
}

/** A verdict as JSON: an error has its key where it is about one. */
function described(verdict: Verdict): object {
  if ('error' in verdict) {
    const errors = verdict.problems.map((line) => {
      const [, key = null, message = line] = /^([^\s:]+|\(the file\)): (.*)$/s.exec(line) ?? [];
      return { key, message };
    });
    return { file: verdict.file, valid: false, errors };
  }
  const { file, sweep, model } = verdict;
  return {
    ...(model && { model }),
    ...{ file, valid: true, errors: [], name: sweep.name, trials: countMain(sweep), search: countSearch(sweep) },
    ...{ tasks: sweep.tasks, seeds: sweep.seeds },
    rows: sweep.labels.map((label) => ({ label, listed: sweep.listed[label]! })),
    notes: notesOf(sweep),
  };
}

/** The folder that a sweep file names as its model, and what its headers say; `problem`: why it cannot be opened. */
interface ModelFolder {
  readonly folder: string;
  readonly type?: string;
  /** Null for a config.json alone. */
  readonly stored?: Stored | null;
  readonly problem?: string;
}

/** Null where the file names no folder that is there. No weight is read. */
function modelFolder(file: string, sweep: Sweep): ModelFolder | null {
  const folder = sweep.model === null ? null : resolve(dirname(file), sweep.model);
  if (folder === null || !existsSync(folder)) return null;
  try {
    const { type } = describeModel(folder, 1);
    return { folder, type, stored: isDescriptionOnly(folder) ? null : storedAs(openWeights(folder)) };
  } catch (error) {
    return { folder, problem: messageOf(error).replace(/\.$/, '') };
  }
}

function notesOf(sweep: Sweep): readonly string[] {
  const lacks = (['model', 'data'] as const).filter((key) => sweep[key] === null).map((key) => `--${key}`);
  const sources = lacks.length > 0 ? [`the file names none, so a sweep needs ${lacks.join(' and ')}.`] : [];
  return [...sources, ...sweep.notes, ...sweepNotes(sweep)];
}
