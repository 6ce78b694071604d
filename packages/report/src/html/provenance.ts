import type { TrialResult } from '@lomap/results';
import { groupBy } from '../group.ts';
import { compareTasks, compareText, taskTitle } from '../names.ts';
import { left, right } from '../tables/table.ts';
import { dataTable, factTable } from './data-table.ts';
import { factsOf } from './head.ts';
import { markup, type Html } from './html.ts';
import { settingsOf, sharedSettings } from './settings.ts';

/** What the numbers come from: every value of every field, with the trials that have it, and the shared settings. */
export function provenanceSection(results: readonly TrialResult[]): Html {
  const tasks = [...groupBy(results, ({ trial }) => trial.settings.task)].sort(([a], [b]) => compareTasks(a, b));
  const rows = [
    ...counted('Commit', results, ({ provenance: { commit, dirty } }) => {
      const tree = dirty === null ? 'unknown tree' : dirty ? 'uncommitted changes' : 'clean tree';
      return `${commit ?? 'unknown'}, ${tree}`;
    }),
    ...counted('Lockfile, sha256', results, ({ provenance }) => provenance.lockfileSha256 ?? 'unknown'),
    ...counted('Model files, sha256', results, ({ provenance }) => provenance.modelSha256),
    ...tasks.flatMap(([task, own]) =>
      counted(`Data of ${taskTitle(task)}, sha256`, own, ({ provenance }) => provenance.dataSha256),
    ),
    ...counted('Device', results, ({ provenance: { device } }) => `${device.name} ${device.version}`),
    ...counted('Processor', results, ({ provenance }) => provenance.processor),
    ...counted('Operating system', results, ({ provenance }) => provenance.os),
    ...versionRows(results),
  ];
  return markup`<details class="fold part" id="provenance">
    <summary><h2>Settings and provenance</h2></summary>
    ${factTable('The sweep', factsOf(results))}
    <div id="shared-settings">${sharedSettings(settingsOf(results), results.length)}</div>
    ${dataTable({
      caption: 'What the numbers come from',
      columns: [left('What'), left('Value'), right('Trials')],
      rows,
    })}
  </details>`;
}

function versionRows(results: readonly TrialResult[]): string[][] {
  const names = [...new Set(results.flatMap(({ provenance }) => Object.keys(provenance.versions)))].sort(compareText);
  return names.flatMap((name) =>
    counted(`Version of ${name}`, results, ({ provenance }) => provenance.versions[name] ?? 'none'),
  );
}

function counted(what: string, results: readonly TrialResult[], of: (result: TrialResult) => string): string[][] {
  return [...groupBy(results, of)]
    .sort(([a], [b]) => compareText(a, b))
    .map(([value, own]) => [what, value, String(own.length)]);
}
