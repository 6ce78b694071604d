import { protocolOf, type ProtocolSettings } from './protocol.ts';

/** A row of a table, with the settings of its trials or of its cells. */
export interface ProtocolRow {
  readonly title: string;
  readonly trials: readonly (ProtocolSettings & { readonly task: string })[];
}

/** A setting in which the rows' protocols differ, and which row has what. */
export interface ProtocolDifference {
  readonly key: string;
  /** The tasks on which they differ so; empty: on all. */
  readonly tasks: readonly string[];
  /** Each value with the titles of its rows, the most common first. A row whose trials differ stands at several. */
  readonly values: readonly { readonly text: string; readonly rows: readonly string[] }[];
}

/** What differs between the protocols of the rows, task by task: a setting of a task that all rows share is no difference. */
export function protocolDifferences(rows: readonly ProtocolRow[]): ProtocolDifference[] {
  const tasks = [...new Set(rows.flatMap(({ trials }) => trials.map(({ task }) => task)))];
  const byKey = new Map<string, { values: ProtocolDifference['values']; tasks: string[] }[]>();
  for (const task of tasks) {
    for (const [key, values] of differencesOn(task, rows)) {
      const found = byKey.get(key) ?? [];
      byKey.set(key, found);
      const same = found.find((other) => JSON.stringify(other.values) === JSON.stringify(values));
      if (same) same.tasks.push(task);
      else found.push({ values, tasks: [task] });
    }
  }
  return [...byKey].flatMap(([key, found]) =>
    found.map(({ values, tasks: on }) => ({ key, values, tasks: on.length === tasks.length ? [] : on })),
  );
}

function differencesOn(task: string, rows: readonly ProtocolRow[]): [string, ProtocolDifference['values']][] {
  const byKey = new Map<string, Map<string, { text: string; rows: string[] }>>();
  for (const { title, trials } of rows) {
    for (const settings of trials.filter((trial) => trial.task === task)) {
      for (const [key, { identity, text }] of protocolOf(settings)) {
        const values = byKey.get(key) ?? new Map<string, { text: string; rows: string[] }>();
        byKey.set(key, values);
        const value = values.get(identity) ?? { text, rows: [] };
        values.set(identity, value);
        if (!value.rows.includes(title)) value.rows.push(title);
      }
    }
  }
  return [...byKey]
    .filter(([, values]) => values.size > 1)
    .map(([key, values]) => [key, [...values.values()].sort((a, b) => b.rows.length - a.rows.length)]);
}

/** More rows of one value than this are `the other rows`. */
const NAMED = 6;

/** `training.epochs: 3 in LoRA and LoMAP; 4 in DoRA`, with the tasks where they are not all. */
export function differenceText({ key, tasks, values }: ProtocolDifference, taskTitle = (task: string) => task): string {
  const where = tasks.length === 0 ? '' : ` on ${tasks.map(taskTitle).join(', ')}`;
  const said = values.map(({ text, rows }, i) => {
    const others = i === 0 && rows.length > NAMED;
    return { others, said: `${text} in ${others ? 'the other rows' : rows.join(', ')}` };
  });
  const ordered = [...said.filter(({ others }) => !others), ...said.filter(({ others }) => others)];
  return `${key}${where}: ${ordered.map((value) => value.said).join('; ')}`;
}
