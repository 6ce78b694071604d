import type { TrialResult } from '@lomap/results';
import { trialChart } from '../charts/trial.ts';
import { metricTitle, methodTitle, taskTitle } from '../names.ts';
import { fixed, formatCount, NOTHING } from '../tables/numbers.ts';
import { left, right } from '../tables/table.ts';
import { epochPoints, lastStep, thinLoss, type ThinCurve } from './curves.ts';
import { besideFile, detailsBeside } from './beside.ts';
import { dataTable } from './data-table.ts';
import { markup, json, NO_HTML, type Html } from './html.ts';
import { ownSettings, settingsOf, type SettingsOfPage } from './settings.ts';
import { lossDrawing } from './sparkline.ts';
import * as tables from './trial-tables.ts';
import { duration, memory } from './values.ts';
import { printed, unitsOf } from '../readings.ts';

/** Trials whose details are in one file: one is read when any of them is asked for. */
const TRIALS_A_FILE = 24;

/** The place of the trials, closed and empty until asked for: hundreds of them would be most of the page. */
export function trialsSection(results: readonly TrialResult[]): Html {
  return markup`${detailsBeside({
    file: 'trials',
    part: 'list',
    id: 'trials',
    className: 'fold part',
    summary: markup`<h2>Trials</h2>
      <span class="quiet">${formatCount(results.length)}, each with its curves, scores, settings and provenance</span>`,
    otherwise: markup`The list of trials lies beside this page and takes JavaScript. Each trial’s numbers are in the sweep’s folder: <code>trials.jsonl</code>, or a <code>result.json</code> a trial.`,
  })}
    <script type="application/json" id="trial-chart">
      ${json({ wide: trialChart(2), narrow: trialChart(1) })}
    </script>`;
}

/** The files beside the page, by name: the list of trials, and what each one was and did. */
export function trialFiles(results: readonly TrialResult[]): Map<string, string> {
  const settings = settingsOf(results);
  const files = Array.from({ length: Math.ceil(results.length / TRIALS_A_FILE) }, (_, i) => {
    const own = results.slice(i * TRIALS_A_FILE, (i + 1) * TRIALS_A_FILE);
    const name = fileOf(i * TRIALS_A_FILE);
    return [
      `${name}.js`,
      besideFile(name, new Map(own.map((result) => [idOf(result), details(result, settings)]))),
    ] as const;
  });
  const list = markup`<p>A trial’s name opens it here, above the list.</p>
    <div id="opened" class="trials"></div>
    <div id="trial-filter"></div>
    ${overview(results)}`;
  return new Map([['trials.js', besideFile('trials', new Map([['list', list]]))], ...files]);
}

function fileOf(index: number): string {
  return `trials-${Math.floor(index / TRIALS_A_FILE) + 1}`;
}

function overview(results: readonly TrialResult[]): Html {
  return dataTable({
    caption: `All trials; scores in ${unitsOf(results.map(({ trial }) => trial.primary.metric))}`,
    columns: [
      ...[left('Trial'), left('Purpose'), left('Task'), left('Method'), right('Seed')],
      ...['Dev', 'Selection', 'Kept epoch', 'Learning rate', 'Trainable, no head', 'Steps'].map(right),
      ...['Training (s)', 'Total (s)', 'Peak memory (MiB)'].map(right),
    ],
    tall: true,
    rowIds: results.map((result, i) => ({ row: idOf(result), file: fileOf(i) })),
    rows: results.map(({ trial, measured }, i) => [
      { text: nameOf(results[i]!), html: markup`<a href="#${idOf(results[i]!)}">${nameOf(results[i]!)}</a>` },
      ...[trial.purpose, taskTitle(trial.settings.task), methodTitle(trial.settings.method.label)],
      ...[String(trial.settings.seed), scoreText(trial, trial.primary.value), scoreText(trial, trial.selectionScore)],
      ...[trial.chosenEpoch === null ? NOTHING : String(trial.chosenEpoch)],
      ...[trial.settings.training.learningRate.toExponential(), formatCount(trial.parameters.adapter)],
      formatCount(trial.steps),
      ...[measured.seconds.train, measured.seconds.total].map((value) => value?.toFixed(1) ?? NOTHING),
      (measured.peakMemoryBytes / 2 ** 20).toFixed(0),
    ]),
  });
}

/** A value of the trial's primary metric, as it is printed. */
function scoreText({ primary }: TrialResult['trial'], value: number | null): string {
  return value === null ? NOTHING : fixed(printed(primary.metric, value));
}

function details(result: TrialResult, settings: SettingsOfPage): Html {
  const { trial, measured } = result;
  const score = trial.primary.value ?? trial.selectionScore;
  const split = trial.primary.value === null ? 'on the selection split' : 'on dev';
  const scored =
    score === null ? 'no score' : `${metricTitle(trial.primary.metric)} ${split} ${scoreText(trial, score)}`;
  const name = nameOf(result);
  return markup`<details class="trial" id="${idOf(result)}">
    <summary>
      <span class="name">${name}</span>
      <span class="quiet">${scored}, ${duration(measured.seconds.total)}, ${memory(measured.peakMemoryBytes)}</span>
    </summary>
    ${notes(result)} ${curve(result, name)} ${trial.epochs.length === 0 ? NO_HTML : tables.epochTable(result)}
    ${Object.keys(trial.dev).length === 0 ? markup`<p>Dev was not scored.</p>` : tables.devTable(result)}
    <div class="facts-beside">
      ${settings.own.length === 0 ? NO_HTML : ownSettings(result, settings)} ${tables.parameterTable(result)}
      ${tables.measuredTable(result)}
    </div>
    <p><a href="#shared-settings">Settings that all trials share</a> are listed once.</p>
    ${Object.keys(trial.curves.gradientNorm).length === 0 ? NO_HTML : tables.clippingTable(result)}
    ${trial.matrices.length === 0 ? NO_HTML : tables.matrixTable(result)} ${tables.provenanceTable(result)}
  </details>`;
}

function notes({ trial }: TrialResult): Html {
  const frozen =
    trial.effectivelyFrozen === true ? ['Effectively frozen: α and β were learned, but none moved by 5 %.'] : [];
  const lines = [...frozen, ...trial.notes];
  if (lines.length === 0) return NO_HTML;
  return markup`<ul class="notes">
    ${lines.map((line) => markup`<li>${line}</li>`)}
  </ul>`;
}

/** The training loss as a drawing, and the data from which the page's script makes the live chart in its place. */
function curve({ trial }: TrialResult, name: string): Html {
  const loss = thinLoss(trial);
  if (loss.points.length === 0) return markup`<p>No curve: the trial took no step.</p>`;
  const epochs = epochPoints(trial).map((point) => ({ ...point, metric: metricTitle(point.metric) }));
  const [first, last] = [trial.curves.loss[0]!, trial.curves.loss.at(-1)!].map((value) => value.toPrecision(3));
  const ends =
    loss.steps === 1
      ? `${first!} at the first step, ${last!} at the last of ${lastStep(trial)}`
      : `${first!} in the first ${loss.steps} steps, ${last!} at the end of ${lastStep(trial)}`;
  const label = `Training loss of ${name}: ${ends}.`;
  return markup`<figure class="curve">
    <div class="scroll canvas" role="group" tabindex="0" aria-label="Chart: training loss and scores of ${name}">
      ${lossDrawing(loss, label)}
      <div class="live" hidden></div>
    </div>
    <figcaption>${label}${thinned(loss)}</figcaption>
    <script type="application/json">
      ${json({ loss: loss.points, epochs })}
    </script>
  </figure>`;
}

function thinned({ every, steps }: ThinCurve): string {
  if (every === 1) return '';
  if (every === steps) return ` A point is the mean of ${every} steps.`;
  return ` A point is ${every} steps: their mean, least and greatest${steps === 1 ? '' : `, of means of ${steps}`}.`;
}

function nameOf({ trial }: TrialResult): string {
  const { method, task, seed } = trial.settings;
  const search =
    trial.purpose === 'search' ? `, search, learning rate ${trial.settings.training.learningRate.toExponential()}` : '';
  return `${methodTitle(method.label)} on ${taskTitle(task)}, seed ${seed}${search}`;
}

function idOf({ trial }: TrialResult): string {
  return `trial-${trial.id.slice(0, 16)}`;
}
