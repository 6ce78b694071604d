/** Targets by what a module does instead of what a model calls it. */
import type { MethodSettings } from './settings.ts';

type Roles = Readonly<Record<string, readonly string[]>>;

/** In front of a role's name in a list of targets. */
const ROLE = '@';

/**
 * The settings with module names in the place of roles: of `targetModules` and `feedforwardModules`, `@query` becomes the
 * names that the model has for its queries, and `@linear` those of all linear maps of its layers. This is what a trial
 * records, so a setting that names the modules itself is the same trial.
 *
 * @param roles a model's; absent where it names none.
 * @throws RangeError for a role that the model has not, naming those it has.
 */
export function withModuleNames<S extends Pick<MethodSettings, 'targetModules' | 'feedforwardModules'>>(
  settings: S,
  roles: Roles = {},
): S {
  const { targetModules, feedforwardModules } = settings;
  const changes = {
    ...(hasRole(targetModules) && { targetModules: named('targetModules', targetModules, roles) }),
    ...(hasRole(feedforwardModules) && { feedforwardModules: named('feedforwardModules', feedforwardModules, roles) }),
  };
  return { ...settings, ...changes };
}

function hasRole(targets: string | readonly string[] | null | undefined): targets is readonly string[] {
  return Array.isArray(targets) && targets.some((target: string) => target.startsWith(ROLE));
}

/** Each name once, in the order of the list. */
function named(key: string, targets: readonly string[], roles: Roles): string[] {
  const names = targets.flatMap((target) => {
    if (!target.startsWith(ROLE)) return [target];
    const role = target.slice(ROLE.length);
    const found = Object.hasOwn(roles, role) ? roles[role]! : [];
    if (found.length > 0) return found;
    const known = Object.keys(roles).map((one) => `${ROLE}${one}`);
    const has = known.length > 0 ? `It has ${known.join(', ')}` : 'It names none';
    throw new RangeError(
      `${key}: the model has no modules of the role ${target}. ${has}; or name modules by their paths.`,
    );
  });
  return [...new Set(names)];
}
