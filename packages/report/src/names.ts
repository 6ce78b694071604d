/** How tasks, methods and metrics are called and ordered in print. Unknown names are printed as they are. */
import { findTask, taskNames } from '@lomap/data';
import { readingOf } from '@lomap/tasks';

const methods = new Map([
  ['head', 'head only'],
  ['scratch', 'from scratch'],
  ['full', 'full fine-tuning'],
  ['bitfit', 'BitFit'],
  ['ia3', '(IA)³'],
  ['lora', 'LoRA'],
  ['loha', 'LoHa'],
  ['lokr', 'LoKr'],
  ['vera', 'VeRA'],
  ['delora', 'DeLoRA'],
  ['flora', 'FLoRA'],
  ['liera', 'LieRA'],
  ['lotr', 'LoTR'],
  ['adalora', 'AdaLoRA'],
  ['dora', 'DoRA'],
  ['bora', 'BoRA'],
  ['edora', 'EDoRA'],
  ['lomap', 'LoMAP'],
]);
const joins = new Map([
  ['dora', 'DoRA'],
  ['bora', 'BoRA'],
  ['map', 'MAP'],
]);
/** Titles of methods beside these, by name. */
const named = new Map<string, string>();

/** A task's name as its authors write it, in whatever spelling it is asked for: `sst2` is SST-2. */
export function taskTitle(task: string): string {
  return findTask(task)?.title ?? task;
}

/**
 * Gives methods titles for print, beside those that are listed here; a listed one keeps its title, so that what is printed of
 * committed results does not depend on who prints. That both lists agree is a test of the runner's.
 *
 * @param titles by the method's name
 */
export function nameMethods(titles: ReadonlyMap<string, string>): void {
  for (const [name, title] of titles) named.set(name, title);
}

/** A method's name as its paper writes it, `MAP + VeRA` for a coupling; an ablation cell's label as it is. */
export function methodTitle(label: string): string {
  const [join, update, ...more] = label.split('+');
  const coupled = [joins.get(join!), methods.get(update ?? '')];
  if (more.length === 0 && coupled.every((part) => part !== undefined)) return coupled.join(' + ');
  return methods.get(label) ?? named.get(label) ?? label;
}

export function metricTitle(metric: string): string {
  return readingOf(metric).title;
}

/** The registry's order, GLUE's first, then any other task by name. */
export function compareTasks(a: string, b: string): number {
  const place = (name: string) => rank(taskNames(), findTask(name)?.name ?? name);
  return place(a) - place(b) || compareText(a, b);
}

/** Methods in the order of `methods` above, then any other label by name, LoMAP last. */
export function compareMethods(a: string, b: string): number {
  const place = (name: string) => (name === 'lomap' ? Infinity : rank([...methods.keys()], name));
  return place(a) === place(b) ? compareText(a, b) : place(a) - place(b);
}

/** By code unit, numbers inside by value: `x2` before `x10`. The same on every machine, unlike localeCompare. */
export function compareText(a: string, b: string): number {
  const left = a.split(/(\d+)/);
  const right = b.split(/(\d+)/);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i]!, right[i]!];
    if (x === y) continue;
    if (i % 2 === 1 && Number(x) !== Number(y)) return Number(x) - Number(y);
    return x < y ? -1 : 1;
  }
  return left.length - right.length;
}

function rank(order: readonly string[], name: string): number {
  const index = order.indexOf(name);
  return index < 0 ? order.length : index;
}
