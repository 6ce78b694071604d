/** zod's issues as lines that name the key path, what was expected and the nearest known key. */
import { z } from 'zod';
import { didYouMean } from './nearest.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** `methods[2].map.start` for ['methods', 2, 'map', 'start']; `(the file)` for the root. */
export function formatPath(path: Path): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text === '' ? '(the file)' : text.replace(/^\./, '');
}

/** One line an issue, in the order of the issues. */
export function describeIssues(issues: readonly Issue[], schema: z.ZodType): string[] {
  return issues.flatMap((issue) => describe(issue, [], schema));
}

function describe(issue: Issue, prefix: Path, schema: z.ZodType): string[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path);
    return issue.keys.map((key) => `${formatPath([...path, key])}: unknown key.${didYouMean(key, known)}`);
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    return closestBranch(issue.errors).flatMap((inner) => describe(inner, path, schema));
  }
  return [`${formatPath(path)}: ${issue.message.replace(/^Invalid input: /, '').replace(/\.$/, '')}.`];
}

/** The alternative of a union that the value was meant as: one whose type fits at its root. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const fits = branches.filter((issues) => !issues.some((i) => i.code === 'invalid_type' && i.path.length === 0));
  const candidates = fits.length > 0 ? fits : branches;
  return candidates.reduce((best, issues) => (issues.length < best.length ? issues : best));
}

/** The keys that the schema knows at a path, over all alternatives. */
function knownKeys(schema: z.ZodType, path: Path): string[] {
  let nodes: JsonSchema[] = [z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema];
  for (const part of path) {
    nodes = nodes.flatMap(alternatives).flatMap((node) => {
      if (typeof part === 'number') return isSchema(node.items) ? [node.items] : [];
      const property = node.properties?.[String(part)];
      return property ? [property] : isSchema(node.additionalProperties) ? [node.additionalProperties] : [];
    });
  }
  return [...new Set(nodes.flatMap(alternatives).flatMap((node) => Object.keys(node.properties ?? {})))];
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema | boolean;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
}

function isSchema(value: JsonSchema | boolean | undefined): value is JsonSchema {
  return typeof value === 'object';
}

function alternatives(node: JsonSchema): JsonSchema[] {
  return node.anyOf ? node.anyOf.flatMap(alternatives) : [node];
}
