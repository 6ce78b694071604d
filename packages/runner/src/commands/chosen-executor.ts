/** Which executor runs a sweep: the flag's, else the site's, else this machine. */
import { dirname, resolve } from 'node:path';
import { readSite } from '../config/site.ts';
import { UsageError } from '../errors.ts';
import { LOCAL, requireExecutor } from '../executors/registry.ts';
import { loadPlugins } from '../plugins/load.ts';
import { registeredNames } from '../plugins/registered-names.ts';
import { resolveUserPath } from '../workspace.ts';

export interface ExecutorArguments {
  readonly executor?: string | undefined;
  /** Else the variable LOMAP_SITE names the file. */
  readonly site?: string | undefined;
}

/**
 * Its name, and the site's settings of it.
 *
 * @throws UsageError for an executor that is not known, a site file that is none, or a module of the site that registers
 *   more than executors: what decides a trial's numbers is named by its sweep file, so that its hash is in the trial's id.
 */
export async function chosenExecutor({
  executor,
  site: flag,
}: ExecutorArguments): Promise<{ readonly name: string; readonly options: Readonly<Record<string, unknown>> }> {
  const named = flag ?? process.env['LOMAP_SITE'] ?? '';
  const path = named === '' ? null : resolveUserPath(named);
  const site = readSite(path);
  if (path !== null) await loadExecutors(path, site.plugins);
  const name = executor ?? site.executor?.name ?? LOCAL;
  requireExecutor(name);
  return { name, options: site.executor?.name === name ? site.executor.options : {} };
}

async function loadExecutors(site: string, plugins: readonly string[]): Promise<void> {
  for (const [i, plugin] of plugins.entries()) {
    const before = new Set(await registeredNames(false));
    const [where, path] = [`${site}: plugins[${i}]`, resolve(dirname(site), plugin)];
    await loadPlugins([{ path, where }]);
    const other = (await registeredNames(false)).find((name) => !before.has(name) && !name.startsWith('executor '));
    if (other === undefined) continue;
    throw new UsageError(
      `${where} ${path}: it registers the ${other}, and a site's plugins register executors alone.`,
      'Name it in the sweep file, under "plugins": its hash is then in the identity of the trials.',
    );
  }
}
