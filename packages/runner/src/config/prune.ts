/** A value without what its schema refuses, so that the rest of a file can be checked too. */
import type { z } from 'zod';
import { problemsOf } from './issues.ts';
import { jsonSchemaOf, nodesAt, someValue, type JsonSchema, type Path } from './json-schema.ts';

type Container = Record<PropertyKey, unknown>;

/** What was taken away may be needed by what holds it: then some value stands for it in the next round. */
const ROUNDS = 8;

/**
 * What is left of an object where everything that the schema refuses is taken away, with some value for each key that it
 * needs and lacks; null for what is no object.
 */
export function pruned<S extends z.ZodType>(value: unknown, schema: S): z.infer<S> | null {
  if (!isContainer(value) || Array.isArray(value)) return null;
  const rest = structuredClone(value);
  const root = jsonSchemaOf(schema);
  for (let round = 0; round < ROUNDS; round++) {
    const parsed = schema.safeParse(rest);
    if (parsed.success) return parsed.data;
    const emptied = new Set<unknown[]>();
    for (const { path } of problemsOf(parsed.error.issues, schema, rest)) mend(rest, path, root, emptied);
    // Items go last, so that those behind them keep their places until then.
    for (const list of emptied) list.splice(0, list.length, ...list.filter((item) => item !== undefined));
  }
  return null;
}

/** Takes away what is at a path; puts some value where nothing is. */
function mend(value: Container, path: Path, root: JsonSchema, emptied: Set<unknown[]>): void {
  const key = path.at(-1);
  const above = path.slice(0, -1);
  const holder = above.reduce<unknown>((inner, part) => (isContainer(inner) ? inner[part] : undefined), value);
  if (key === undefined || !isContainer(holder)) return;
  if (Array.isArray(holder)) {
    holder[Number(key)] = undefined;
    emptied.add(holder);
  } else if (holder[key] === undefined) holder[key] = someValue(nodesAt(root, path)[0] ?? {});
  else Reflect.deleteProperty(holder, key);
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}
