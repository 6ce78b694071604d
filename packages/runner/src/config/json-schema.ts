/** A zod schema as JSON Schema: what stands at a path of it, and its values in words. */
import { z } from 'zod';

/** The part of JSON Schema that zod writes and that is read here, and our own `.meta`. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema | boolean;
  readonly minItems?: number;
  readonly prefixItems?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly description?: string;
  readonly source?: string;
}

export type Path = readonly PropertyKey[];

export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

/** The alternatives of a union, of those in it too; a node that is none is its own only one. */
export function alternatives(node: JsonSchema): JsonSchema[] {
  if (node.anyOf) return node.anyOf.flatMap(alternatives);
  return isList(node.type) ? node.type.map((type) => ({ ...node, type })) : [node];
}

function isList(type: JsonSchema['type']): type is readonly string[] {
  return Array.isArray(type);
}

/** What the schema says of the value at a path, by every alternative that has the path. */
export function nodesAt(root: JsonSchema, path: Path): JsonSchema[] {
  let nodes = [root];
  for (const part of path) {
    nodes = nodes.flatMap(alternatives).flatMap((node) => {
      if (typeof part === 'number') return node.prefixItems?.[part] ?? asNodes(node.items);
      return node.properties?.[String(part)] ?? asNodes(node.additionalProperties);
    });
  }
  return nodes;
}

function asNodes(value: JsonSchema | boolean | undefined): JsonSchema[] {
  return typeof value === 'object' ? [value] : [];
}

/** Whether a value is of the kind that a node without alternatives asks for at its root. */
export function isOfKind(value: unknown, node: JsonSchema): boolean {
  if (node.const !== undefined) return value === node.const;
  if (node.enum) return typeof value === 'string';
  switch (node.type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'null':
      return value === null;
    case 'integer':
      return typeof value === 'number';
    default:
      return typeof value === node.type;
  }
}

/** Some value that a node takes: what stands for one that is missing. */
export function someValue(node: JsonSchema): unknown {
  const [first] = alternatives(node);
  if (first !== node) return someValue(first!);
  if (node.const !== undefined) return node.const;
  if (node.enum) return node.enum[0];
  switch (node.type) {
    case 'array':
      if (node.prefixItems) return node.prefixItems.map(someValue);
      return (node.minItems ?? 0) > 0 && typeof node.items === 'object' ? [someValue(node.items)] : [];
    case 'object':
      return Object.fromEntries((node.required ?? []).map((key) => [key, someValue(node.properties![key]!)]));
    case 'boolean':
      return false;
    case 'string':
      return 'x';
    case 'null':
      return null;
    default:
      return (node.exclusiveMaximum ?? Infinity) <= 1 ? 0.5 : 1;
  }
}

/** `"paper" or "beta-zero"`, `whole number > 0 or null`, `{"absolute": x} or {"share": x}, or a list of such`. */
export function inWords(node: JsonSchema): string {
  const words = (nodes: readonly JsonSchema[]): string => [...new Set(nodes.map(one))].join(' or ');
  const all = alternatives(node);
  const [items, others] = [all.at(-1)?.items, all.slice(0, -1)];
  const such = others.length > 0 && typeof items === 'object' && inWords(items) === words(others);
  return such ? `${words(others)}, or a list of such` : words(all);
}

function one(node: JsonSchema): string {
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum) return node.enum.map((value) => JSON.stringify(value)).join(' or ');
  switch (node.type) {
    case 'integer':
      return `whole number${bounds(node)}`;
    case 'number':
      return `number${bounds(node)}`;
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'array':
      if (node.prefixItems) return `[${node.prefixItems.map(inWords).join(', ')}]`;
      return typeof node.items === 'object' ? `list of ${several(node.items)}` : 'list';
    case 'object':
      return object(node);
    default:
      return node.type === undefined ? 'anything' : String(node.type);
  }
}

/** What a list holds. */
function several(items: JsonSchema): string {
  const words = inWords(items);
  return alternatives(items).length > 1 ? `(${words})` : words.replace(/^(text|(?:whole )?number)/, '$1s');
}

/** The keys that an object must have; of one whose keys are names, `{"...": number}`. */
function object({ properties, required = [], additionalProperties }: JsonSchema): string {
  if (properties) {
    const keys = required.map((key) => `${JSON.stringify(key)}: ${placeholder(properties[key])}`);
    return keys.length > 0 ? `{${keys.join(', ')}}` : 'object';
  }
  return typeof additionalProperties === 'object' ? `{"...": ${inWords(additionalProperties)}}` : 'object';
}

function placeholder(node: JsonSchema | undefined): string {
  return node?.type === 'number' || node?.type === 'integer' ? 'x' : '...';
}

/** Beyond these a bound is that of the number format, not of the setting. */
const LARGEST = Number.MAX_SAFE_INTEGER;

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const low = exclusiveMinimum ?? (minimum !== undefined && minimum > -LARGEST ? minimum : undefined);
  const high = exclusiveMaximum ?? (maximum !== undefined && maximum < LARGEST ? maximum : undefined);
  const open = exclusiveMinimum !== undefined;
  if (low !== undefined && high !== undefined) {
    return ` in ${open ? '(' : '['}${low}, ${high}${exclusiveMaximum === undefined ? ']' : ')'}`;
  }
  if (low !== undefined) return ` ${open ? '>' : '≥'} ${low}`;
  return high === undefined ? '' : ` ${exclusiveMaximum === undefined ? '≤' : '<'} ${high}`;
}
