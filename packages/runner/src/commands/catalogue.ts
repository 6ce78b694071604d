/** `lomap methods`, `lomap tasks` and `lomap settings`: what there is, from the registries and the schemas. */
import { taskNamed, taskNames } from '@lomap/data';
import { aboutMethod, methodNames, optionalSettings } from '@lomap/peft';
import { didYouMean } from '@lomap/files';
import { DataError, type Task } from '@lomap/tasks';
import { blocks, settingsList, type Setting } from '../config/settings-list.ts';
import { FailureError, UsageError, messageOf } from '../errors.ts';
import { registry } from '../packages.ts';
import { textTable } from '../progress/table.ts';
import { dataExpected, dataSource } from '../sources/data.ts';
import { named } from '../sources/source.ts';
import type { CatalogueArguments } from './catalogue-options.ts';
import { cacheDirectory } from './context.ts';
import { oneSetting, settingsPage, settingsText } from './settings-text.ts';

type Format<F extends string = 'table' | 'json'> = CatalogueArguments & { readonly format: F };

/** All methods, or one with its settings and their defaults. */
export function methodsCommand({ name, format }: Format): string {
  if (name !== undefined) return oneMethod(known('method', name, methodNames()), format);
  const methods = methodNames().map(aboutMethod);
  if (format === 'json') return JSON.stringify(methods, null, 2);
  return textTable(
    ['name', 'title', 'what trains', 'source'],
    methods.map(({ name: own, title, what, source }) => [own, title, what, source]),
  );
}

function oneMethod(name: string, format: 'table' | 'json'): string {
  const about = aboutMethod(name);
  const defaults = registry().methodDefaults(name);
  const { map, ...own } = defaults;
  const values = new Map<string, unknown>([
    ...Object.entries(own).map(([key, value]) => [`method.${key}`, value] as const),
    ...Object.entries(map ?? {}).map(([key, value]) => [`method.map.${key}`, value] as const),
  ]);
  const has = ({ key }: Setting): boolean => {
    const value = values.get(key);
    if (key === 'method.adapterDropout') return defaults.rank !== null;
    return (
      (value !== undefined && value !== null) || optionalSettings(name).some((optional) => key === `method.${optional}`)
    );
  };
  const settings = settingsList(registry())
    .filter(has)
    .map((setting) => ({
      ...setting,
      default: values.has(setting.key) ? JSON.stringify(values.get(setting.key)) : null,
    }));
  if (format === 'json') return JSON.stringify({ ...about, settings }, null, 2);
  return [
    `${about.name}: ${about.title}`,
    `what trains  ${about.what}`,
    `source       ${about.source}`,
    `page         ${about.page}`,
    `couples as   ${about.couples.length > 0 ? about.couples.join(', ') : 'nothing else'}`,
    '',
    settings.length > 0 ? settingsText(settings) : 'No settings of its own.',
  ].join('\n');
}

/** All tasks, or one; with `--data` the rows are counted there. */
export async function tasksCommand({
  name,
  format,
  data,
}: Format & { readonly data?: string | undefined }): Promise<string> {
  const names = name === undefined ? taskNames() : [canonical(name)];
  const tasks = await Promise.all(names.map(async (each) => describedTask(taskNamed(each), data)));
  if (format === 'json') return JSON.stringify(name === undefined ? tasks : tasks[0], null, 2);
  const rows = tasks.map(({ name: own, title, metrics, primaryMetric, labels, kind, rows: counts }) => [
    ...[own, title, metrics.map((metric) => (metric === primaryMetric ? `*${metric}` : metric)).join(', ')],
    ...[
      Object.entries(counts)
        .map(([split, count]) => `${split} ${count ?? 'none'}`)
        .join(', '),
    ],
    kind === 'regression' ? 'a number' : labels.join(', '),
  ]);
  const where = data === undefined ? 'Rows: the official release.' : `Rows: ${data}.`;
  return `${textTable(['name', 'title', 'metrics', 'rows', 'labels'], rows)}\n\n* the primary metric, which tables have. ${where}`;
}

interface DescribedTask extends Pick<
  Task,
  'name' | 'title' | 'about' | 'kind' | 'labels' | 'metrics' | 'primaryMetric'
> {
  readonly splits: readonly string[];
  readonly rows: Readonly<Record<string, number | null>>;
}

async function describedTask(it: Task, data: string | undefined): Promise<DescribedTask> {
  const { name, title, about, kind, labels, metrics, primaryMetric } = it;
  const splits = [it.splits.train, ...it.splits.dev];
  const rows = data === undefined ? it.rows : await countedRows(it, splits, data);
  return { name, title, about, kind, labels, metrics, primaryMetric, splits, rows };
}

/** Null for a split that is not there. */
async function countedRows(it: Task, splits: readonly string[], data: string): Promise<Record<string, number | null>> {
  const counts: Record<string, number | null> = {};
  const { directory } = await dataSource(named('data', data, null, '', dataExpected()), [], cacheDirectory, () => {});
  for (const split of splits) {
    try {
      counts[split] = (await it.load(directory, split)).examples.length;
    } catch (error) {
      if (!(error instanceof DataError)) throw new FailureError(messageOf(error));
      counts[split] = null;
    }
  }
  return counts;
}

/** All settings, a block of them, or one. */
export function settingsCommand({ name, format }: Format<'table' | 'json' | 'markdown'>): string {
  const all = settingsList(registry());
  const asked = name === undefined ? all : matching(all, name);
  if (format === 'markdown') {
    if (name !== undefined) throw new UsageError('--format markdown is the page of all settings: leave the name out.');
    return settingsPage(all).trimEnd();
  }
  if (format === 'json') return JSON.stringify(asked, null, 2);
  return asked.length === 1 ? oneSetting(asked[0]!) : settingsText(asked);
}

/** A key, whole or by its end (`map.start`, `rank`), or the keys of a block or under a key. */
function matching(all: readonly Setting[], name: string): readonly Setting[] {
  const bare = name.replace(/^(base|methods)\./, '');
  const exact = all.filter(({ key }) => key === bare);
  const under = all.filter(({ key, block }) => block === bare || key.startsWith(`${bare}.`));
  const ending = all.filter(({ key }) => key.endsWith(`.${bare}`));
  const found =
    under.length > 0
      ? [...exact, ...under.filter((setting) => !exact.includes(setting))]
      : exact.length > 0
        ? exact
        : ending;
  if (found.length > 0) return found;
  const keys = all.flatMap(({ key }) => [key, key.split('.').at(-1)!]);
  throw new UsageError(
    `There is no setting "${name}".${didYouMean(name, [...keys, ...blocks])}`,
    '`lomap settings` has all.',
  );
}

function canonical(name: string): string {
  return registry().canonicalTask(name) ?? known('task', name, taskNames());
}

function known(what: string, name: string, names: readonly string[]): string {
  if (names.includes(name)) return name;
  throw new UsageError(`There is no ${what} "${name}".${didYouMean(name, names)}`, `\`lomap ${what}s\` has all.`);
}
