import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import {
  NOTHING_ABOUT,
  readAbout,
  readQuoted,
  readResults,
  ResultsError,
  withDevCollapse,
  withoutDamaged,
  writeFileWhole,
  type About,
  type ReadResults,
  type TrialResult,
} from '@lomap/results';
import { findMetric } from '@lomap/tasks';
import { renderChart } from './charts/render.ts';
import { ReportError } from './error.ts';
import { BESIDE } from './html/beside.ts';
import { cardOf, frontPage, type Card } from './html/front-page.ts';
import { page, type PageContent } from './html/page.ts';
import { compareText } from './names.ts';
import { syntheticText } from './notes/synthetic.ts';
import { sweepReport, type SweepReport } from './sweep-report.ts';
import { csv } from './tables/csv.ts';
import { latex } from './tables/latex.ts';
import { markdown } from './tables/markdown.ts';

export interface ReportOptions {
  /** A folder of sweeps, `results/<sweep>/<trial>/result.json`, or one sweep's folder, `<trial>/result.json`. */
  readonly resultsDirectory: string;
  /** Where `<sweep>/tables` and `<sweep>/charts` go (`tables` and `charts` for one sweep's folder); beside the results when absent. */
  readonly outputDirectory?: string | undefined;
  /** Only the sweep in the subfolder of this name. */
  readonly sweep?: string | undefined;
  /** Where tables that others have published lie; `quoted` in the results' folder when absent. */
  readonly quotedDirectory?: string | undefined;
  /** What the sweeps are about, by name: a sentence at the head of the HTML page. */
  readonly descriptions?: ReadonlyMap<string, string> | undefined;
}

export interface ReportFiles {
  /** The files written, in order. */
  readonly files: string[];
  /** Results that could not be read and anything a reader should look at, one sentence each. */
  readonly warnings: string[];
  /** The page of all sweeps; null where only one was reported. */
  readonly frontPage: string | null;
  /**
   * By a sweep's name, as plain text: the first grid and the findings of the table that answers its question, and the
   * curves of its learning-rate search.
   */
  readonly summaries: ReadonlyMap<string, string>;
}

/** The page of all sweeps, in the folder of their folders. */
const FRONT_PAGE = 'index.html';

/**
 * Makes the tables (md, csv, tex), charts (vl.json, svg, png) and the page (report.html, and what it loads in report/) of
 * every sweep found, and, of a folder of sweeps, the page of all of them (index.html). They are a function of the results
 * and descriptions alone: the same give the same bytes. The page of one sweep among others leads to the page of all if
 * that is there.
 *
 * Throws a ReportError if there is no readable result, and a ResultsError if a folder cannot be listed or written.
 */
export async function report(options: ReportOptions): Promise<ReportFiles> {
  const results = options.resultsDirectory;
  const output = options.outputDirectory ?? results;
  const files: string[] = [];
  const warnings: string[] = [];
  const summaries = new Map<string, string>();
  const cards: Card[] = [];
  let found = 0;
  const quoted = [...(await readQuoted(options.quotedDirectory ?? join(results, 'quoted'))).values()];
  for (const { name, folder, read, about } of await sweepsOf(results, options.sweep)) {
    warnings.push(...read.problems);
    if (read.results.length === 0) continue;
    const unknown = metricsOfPlugins(read.results);
    if (unknown.length > 0) {
      warnings.push(
        `${name}: nothing is written of it. Its metric ${unknown.join(', ')} is of a plugin that is not loaded, so which values are ` +
          "better is not known; name the sweep's plugins with --plugins.",
      );
      continue;
    }
    found += read.results.length;
    const made = sweepReport(name, read.results, about, quoted);
    warnings.push(...made.warnings);
    if (made.summary !== null) summaries.set(name, made.summary);
    const together = folder !== '' && (options.sweep === undefined || existsSync(join(output, FRONT_PAGE)));
    const written = await writeSweep(
      { name, description: options.descriptions?.get(name), read, made, together },
      join(output, folder),
    );
    files.push(...written.files);
    cards.push(cardOf(name, folder, written.content));
  }
  if (found === 0) {
    const where = options.sweep === undefined ? results : join(results, options.sweep);
    const problems = warnings.length > 0 ? ` Problems: ${warnings.join(' ')}` : '';
    throw new ReportError(
      `${where}: no finished trial here (<sweep>/<trial>/result.json or <trial>/result.json). Run a sweep first.${problems}`,
    );
  }
  if (options.sweep !== undefined || cards.some(({ folder }) => folder === ''))
    return { files, warnings, summaries, frontPage: null };
  const front = join(output, FRONT_PAGE);
  await writeFileWhole(front, frontPage(cards));
  return { files: [...files, front], warnings, summaries, frontPage: front };
}

/** Primary metrics that are not known here, of trials with plugins: read as others are they would be wrong. */
function metricsOfPlugins(results: readonly TrialResult[]): string[] {
  const unknown = results.flatMap(({ trial: { settings, primary } }) =>
    settings.plugins !== undefined && !findMetric(primary.metric) ? [primary.metric] : [],
  );
  return [...new Set(unknown)];
}

interface SweepToWrite {
  readonly name: string;
  readonly description: string | undefined;
  readonly read: ReadResults;
  readonly made: SweepReport;
  /** Whether there is a page of all sweeps above. */
  readonly together: boolean;
}

async function writeSweep(
  { name: sweep, description, read: { results, problems }, made, together }: SweepToWrite,
  folder: string,
): Promise<{ files: string[]; content: PageContent }> {
  const files: string[] = [];
  const write = async (file: string, data: string | Buffer) => {
    await writeFileWhole(file, data);
    files.push(file);
  };
  for (const [table, content] of made.tables) {
    await write(join(folder, 'tables', `${table}.md`), markdown(content));
    await write(join(folder, 'tables', `${table}.csv`), csv(content));
    for (const [file, tex] of latex(content, { sweep, name: table, caution: syntheticText(results) })) {
      await write(join(folder, 'tables', `${file}.tex`), tex);
    }
  }
  const drawings = new Map<string, string>();
  for (const [chart, content] of made.charts) {
    const { spec, svg, png } = await renderChart(content);
    drawings.set(chart, svg);
    await write(join(folder, 'charts', `${chart}.vl.json`), spec);
    await write(join(folder, 'charts', `${chart}.svg`), svg);
    await write(join(folder, 'charts', `${chart}.png`), png);
  }
  const content: PageContent = {
    ...{ sweep, description, results, report: made, drawings, unreadable: problems.length },
    frontPage: together ? `../${FRONT_PAGE}` : null,
  };
  const { html, beside } = page(content);
  for (const [name, text] of beside) await write(join(folder, BESIDE, name), text);
  await removeOthers(join(folder, BESIDE), beside);
  await write(join(folder, 'report.html'), html);
  return { files, content };
}

/** Removes what an earlier report, of more trials, left beside the page. */
async function removeOthers(folder: string, kept: ReadonlyMap<string, unknown>): Promise<void> {
  if (!existsSync(folder)) return;
  for (const name of await readdir(folder)) {
    if (/^trials-\d+\.js$/.test(name) && !kept.has(name)) await rm(join(folder, name));
  }
}

interface FoundSweep {
  readonly name: string;
  /** Below the output directory; empty if the results directory is itself a sweep's folder. */
  readonly folder: string;
  readonly read: ReadResults;
  readonly about: About;
}

async function sweepsOf(directory: string, only: string | undefined): Promise<FoundSweep[]> {
  if (only !== undefined) {
    if (basename(only) !== only || only === '..')
      throw new ReportError(`${only}: expected the name of a sweep's folder.`);
    const names = await subfoldersOf(directory);
    if (!names.includes(only)) {
      throw new ReportError(`${directory}: no sweep "${only}". Found: ${names.join(', ') || 'no folder'}.`);
    }
    return [{ name: only, folder: only, ...(await readSweep(join(directory, only))) }];
  }
  const names = await subfoldersOf(directory);
  const own = await readSweep(directory);
  if (own.read.results.length > 0 || own.read.problems.length > 0) {
    return [{ name: sweepName(own.read, directory), folder: '', ...own }];
  }
  const found: FoundSweep[] = [];
  for (const name of names) found.push({ name, folder: name, ...(await readSweep(join(directory, name))) });
  return found;
}

/** A sweep's results, with what older ones lack taken from their predictions, and what its trials cannot say. */
async function readSweep(directory: string): Promise<Pick<FoundSweep, 'read' | 'about'>> {
  const found = await withoutDamaged(await readResults(directory));
  const read = { ...found, results: await withDevCollapse(directory, found.results) };
  try {
    return { read, about: await readAbout(directory) };
  } catch (error) {
    if (!(error instanceof ResultsError)) throw error;
    return { read: { ...read, problems: [...read.problems, error.message] }, about: NOTHING_ABOUT };
  }
}

/** What the trials call their sweep if they agree; the folder's name otherwise. */
function sweepName({ results }: ReadResults, directory: string): string {
  const names = new Set(results.map(({ trial }) => trial.sweep));
  return names.size === 1 ? [...names][0]! : basename(resolve(directory));
}

async function subfoldersOf(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort(compareText);
  } catch (error) {
    throw new ReportError(`${directory}: cannot be listed. Run a sweep first, or name the folder that holds results.`, {
      cause: error,
    });
  }
}
