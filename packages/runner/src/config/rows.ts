/** Lists of values in a method's entry are rows of the table: one for each combination. */
import { createHash } from 'node:crypto';
import { canonicalJson, settingsSchema } from '@lomap/results';
import type { z } from 'zod';
import { formatPath } from './issues.ts';
import { listable, type MethodEntry, type Overrides, type WrittenEntry } from './sweep-schema.ts';

/** A row, and the entry that it is made of. */
export interface Row {
  readonly entry: MethodEntry;
  /** The label that the file gives. */
  readonly origin: string;
  /** What the entry listed, as it is in this row: `rank 4, map.start "paper"`; empty for an entry without lists. */
  readonly listed: string;
}

/** One list of values. */
interface Axis {
  readonly block: keyof typeof listable;
  readonly key: string;
  readonly values: readonly unknown[];
}

const MOST_ROWS = 64;
const LONGEST_LABEL = 41;
const LONGEST_VALUE = 20;
const LONGEST_RULE = 30;

/**
 * The rows of an entry: its lists' combinations, the last list varying fastest. Their labels are the entry's with each
 * list's key and value, `lora-r2`, whatever the other values are.
 *
 * @param where the entry's place in the file, for problems: `methods[2]`
 */
export function rowsOf(entry: WrittenEntry, where: string, problems: string[]): Row[] {
  const axes = axesOf(entry);
  // Without lists it is a row as it stands.
  if (axes.length === 0) return [{ entry: entry as MethodEntry, origin: entry.label, listed: '' }];
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST_ROWS) {
    const product = axes.map((axis) => `${nameOf(axis)} (${axis.values.length})`).join(' x ');
    problems.push(`${where}: its lists make ${count} rows, ${product}; an entry makes at most ${MOST_ROWS}.`);
    return [];
  }
  let rows: Row[] = [{ entry: entry as MethodEntry, origin: entry.label, listed: '' }];
  for (const axis of axes) rows = rows.flatMap((row) => axis.values.map((value) => withValue(row, axis, value)));
  for (const {
    entry: { label },
  } of rows) {
    if (label.length > LONGEST_LABEL) {
      problems.push(
        `${where}: its lists make the label "${label}", longer than ${LONGEST_LABEL} characters; shorten "label".`,
      );
    }
  }
  return rows;
}

function axesOf(entry: WrittenEntry): Axis[] {
  return Object.keys(listable).flatMap((name) => {
    const block = name as keyof typeof listable;
    const shape: Readonly<Record<string, z.ZodType>> = listable[block];
    const settings: object = (block === '' ? entry : entry[block]) ?? {};
    return Object.entries(settings).flatMap(([key, value]) =>
      Array.isArray(value) && shape[key]?.safeParse(value).success === false ? [{ block, key, values: value }] : [],
    );
  });
}

function withValue({ entry, origin, listed }: Row, axis: Axis, value: unknown): Row {
  const { block, key } = axis;
  const set = block === '' ? { [key]: value } : { [block]: { ...entry[block], [key]: value } };
  const said = `${nameOf(axis)} ${JSON.stringify(value)}`;
  return {
    entry: { ...entry, ...set, label: `${entry.label}-${shortOf(axis)}${inLabel(value)}` },
    origin,
    listed: listed === '' ? said : `${listed}, ${said}`,
  };
}

function nameOf({ block, key }: Axis): string {
  return formatPath(block === '' ? [key] : [block, key]);
}

/** The key as labels have it: the schema's short form. */
function shortOf({ block, key }: Axis): string {
  const { method, training } = settingsSchema.shape;
  const shape: Readonly<Record<string, z.ZodType>> = {
    '': method.shape,
    map: method.shape.map.unwrap().shape,
    training: training.shape,
  }[block];
  const short = shape[key]?.meta()?.['short'];
  return typeof short === 'string' ? short : key;
}

/** A value in the characters that a label may have: a number as it is, a word after a dot, of anything long a hash. */
function inLabel(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const words = Array.isArray(value)
    ? value.map(String).join('+')
    : typeof value === 'object' && value !== null
      ? pairs(value)
      : String(value);
  const longest = isRule(value) ? LONGEST_RULE : LONGEST_VALUE;
  if (words.length <= longest && /^[A-Za-z0-9._+-]*$/.test(words)) return `.${words}`;
  return `.${createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 6)}`;
}

/** `share0.01` of { share: 0.01 }; a rule's name as it is: `width+c0.1` of { rule: "width", c: 0.1 }. */
function pairs(value: object): string {
  return Object.entries(value)
    .map(([key, inner]) => (key === 'rule' ? String(inner) : `${key}${String(inner)}`))
    .join('+');
}

function isRule(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'rule' in value;
}

/** One row's overrides over those of the entry that it is made of. */
export function mergedOverrides(below: Overrides | undefined, above: Overrides | undefined): Overrides | undefined {
  if (!below || !above) return above ?? below;
  const map = { ...below.method?.map, ...above.method?.map };
  return {
    method: { ...below.method, ...above.method, ...(Object.keys(map).length > 0 && { map }) },
    training: { ...below.training, ...above.training },
    selection: { ...below.selection, ...above.selection },
    engine: { ...below.engine, ...above.engine },
  };
}
