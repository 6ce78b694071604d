/** zod's issues as lines that name the key path, what was expected and the nearest known key. */
import type { z } from 'zod';
import { alternatives, inWords, isOfKind, jsonSchemaOf, nodesAt, type JsonSchema, type Path } from './json-schema.ts';
import { didYouMean } from '@lomap/files';

type Issue = z.core.$ZodIssue;

/** What is wrong, and where. */
export interface Problem {
  readonly path: Path;
  /** `key: what was expected.` */
  readonly line: string;
}

/** `methods[2].map.start` for ['methods', 2, 'map', 'start']; `(the file)` for the root. */
export function formatPath(path: Path): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text === '' ? '(the file)' : text.replace(/^\./, '');
}

/** A problem or more for each issue, in the order of the issues. `value` is what was parsed. */
export function problemsOf(issues: readonly Issue[], schema: z.ZodType, value: unknown): Problem[] {
  const root = jsonSchemaOf(schema);
  return issues.flatMap((issue) => describe(issue, [], root, value));
}

function describe(issue: Issue, prefix: Path, root: JsonSchema, value: unknown): Problem[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const known = [
      ...new Set(
        nodesAt(root, path)
          .flatMap(alternatives)
          .flatMap((node) => Object.keys(node.properties ?? {})),
      ),
    ];
    return issue.keys.map((key) => {
      const at = [...path, key];
      return { path: at, line: `${formatPath(at)}: unknown key.${didYouMean(key, known)}` };
    });
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return ofUnion(issue.errors, path, root, value);
  return [{ path, line: `${formatPath(path)}: ${told(issue, at(value, path))}.` }];
}

/** What zod calls the kinds of values. */
const kinds: Readonly<Record<string, string>> = {
  ...{ int: 'a whole number', number: 'a number', string: 'a text', boolean: 'true or false' },
  ...{ object: 'an object', record: 'an object', array: 'a list', tuple: 'a list' },
};

/** What was expected, in the words of somebody who writes the file. */
function told(issue: Issue, found: unknown): string {
  const received = found === undefined ? '' : `, not ${shortened(found)}`;
  if (issue.code === 'too_small' || issue.code === 'too_big') {
    const [bound, side] = issue.code === 'too_small' ? [issue.minimum, 'at least'] : [issue.maximum, 'at most'];
    const strictly = issue.code === 'too_small' ? 'more than' : 'less than';
    const limit = issue.inclusive === false ? strictly : side;
    const units: Readonly<Record<string, string>> = {
      ...{ array: Number(bound) === 1 ? ' entry' : ' entries', string: ' characters' },
    };
    return `expected ${limit} ${bound}${units[issue.origin] ?? ''}${received}`;
  }
  if (issue.code === 'invalid_type') {
    const what = kinds[issue.expected] ?? `${/^[aeio]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    return found === undefined ? `it is missing; expected ${what}` : `expected ${what}${received}`;
  }
  return issue.message.replace(/^Invalid input: /, '').replace(/\.$/, '');
}

/**
 * Of a union whose alternatives all refuse the value: what is wrong inside the only one of the value's kind (an object, a
 * list), else what the whole union takes.
 */
function ofUnion(branches: readonly (readonly Issue[])[], path: Path, root: JsonSchema, value: unknown): Problem[] {
  const found = at(value, path);
  const meant = branches.filter((issues) => issues.every((issue) => !isAtRoot(issue)));
  const kinds = nodesAt(root, path).flatMap(alternatives);
  const ofKind = kinds.filter((node) => isOfKind(found, node));
  if (meant.length === 1 && ofKind.length <= 1) return meant[0]!.flatMap((issue) => describe(issue, path, root, value));
  const received = found === undefined ? '' : `, not ${shortened(found)}`;
  const expected = [...new Set(nodesAt(root, path).map(inWords))].join(' or ');
  return [{ path, line: `${formatPath(path)}: expected ${expected}${received}.` }];
}

/** Whether an alternative's issue is with the value as a whole. */
function isAtRoot(issue: Issue): boolean {
  return issue.path.length === 0 && issue.code !== 'unrecognized_keys';
}

const LONGEST = 60;

function shortened(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[part] : undefined,
    value,
  );
}
