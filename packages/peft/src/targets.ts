/** Which modules a method adapts, by HF PEFT's rules for `target_modules`. */
import { nearest } from '@lomap/files';
import { fullMatch } from './expression.ts';
import type { BaseModelShapes, LinearModule } from './types.ts';

/**
 * The linear modules that the targets name, in the model's order, each once; never one of the head, which trains anyway.
 *
 * A list holds module names: `t` matches a path that is t or ends in `.t`. A string is a regular expression that must
 * match a path in full.
 *
 * @throws RangeError for a target that matches nothing (naming near ones), an empty list, or an expression that is
 * invalid or backtracks for long.
 */
export function targetedModules(
  model: Pick<BaseModelShapes, 'linears' | 'head'>,
  targets: string | readonly string[],
): LinearModule[] {
  if (typeof targets === 'string') {
    return checked(model, fullMatch(targets, 'targetModules'), `The regular expression ${JSON.stringify(targets)}`);
  }
  if (targets.length === 0) throw new RangeError('targetModules is an empty list: name at least one module.');
  const found = new Set(
    targets.flatMap((target) =>
      checked(model, (path) => names(target, path), `The target module ${JSON.stringify(target)}`, target),
    ),
  );
  return model.linears.filter((module) => found.has(module));
}

/**
 * Whether a module's path is one that the targets name, by the same rules.
 *
 * @param key the setting's name, for the error of an invalid expression.
 */
export function moduleMatcher(targets: string | readonly string[], key: string): (path: string) => boolean {
  if (typeof targets === 'string') return fullMatch(targets, key);
  return (path) => targets.some((target) => names(target, path));
}

function names(target: string, path: string): boolean {
  return path === target || path.endsWith(`.${target}`);
}

/** Whether a path (of a module or a tensor) lies in the task head. */
export function inHead(head: readonly string[], path: string): boolean {
  return head.some((prefix) => path === prefix || path.startsWith(`${prefix}.`));
}

function checked(
  { linears, head }: Pick<BaseModelShapes, 'linears' | 'head'>,
  matches: (path: string) => boolean,
  what: string,
  target?: string,
): LinearModule[] {
  const matched = linears.filter(({ path }) => matches(path));
  const adapted = matched.filter(({ path }) => !inHead(head, path));
  if (adapted.length > 0) return adapted;
  if (matched.length > 0) {
    throw new RangeError(
      `${what} matches only the task head (${matched.map(({ path }) => path).join(', ')}), which is trained in full and not adapted.`,
    );
  }
  const known = linears.map(({ path }) => path).filter((path) => !inHead(head, path));
  const near =
    target === undefined
      ? known.slice(0, 3)
      : nearest(
          target,
          known.flatMap((path) => suffixes(path, target)),
        );
  throw new RangeError(
    `${what} matches none of the model's ${known.length} linear modules. ${target === undefined ? 'There are' : 'Near names'}: ${near.join(', ')}.`,
  );
}

/** The endings of a path with as many components as the target, or one more or less: what a user may have meant. */
function suffixes(path: string, target: string): string[] {
  const parts = path.split('.');
  const length = target.split('.').length;
  return [length - 1, length, length + 1]
    .filter((count) => count >= 1 && count <= parts.length)
    .map((count) => parts.slice(-count).join('.'));
}
