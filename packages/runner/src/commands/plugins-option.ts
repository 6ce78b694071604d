/** `--plugins` of the commands that read no sweep file. */
import { parseList } from '../config/flags.ts';
import { resolveUserPath } from '../workspace.ts';

export const pluginsOption = {
  type: 'string',
  describe: 'plugins to load first: modules, as a sweep file names them',
  requiresArg: true,
} as const;

/** Loads what the flag names, before the command; nothing without it. @throws UsageError for a plugin that cannot be loaded. */
export async function withPlugins(list: unknown): Promise<void> {
  if (typeof list !== 'string') return;
  const { loadPlugins } = await import('../plugins/load.ts');
  await loadPlugins(parseList('plugins', list).map((name) => ({ path: resolveUserPath(name), where: '--plugins' })));
}
