/** The flags of `lomap methods`, `lomap tasks` and `lomap settings`. */
import type { Argv } from 'yargs';
import { folderOption } from './path-options.ts';
import { pluginsOption } from './plugins-option.ts';

export interface CatalogueArguments {
  readonly name?: string | undefined;
  readonly plugins?: string | undefined;
}

function named<T>(y: Argv<T>, describe: string) {
  return y.positional('name', { type: 'string', describe }).option('plugins', pluginsOption);
}

export function methodsOptions<T>(y: Argv<T>) {
  return named(y, 'one method, with its settings').option('format', {
    choices: ['table', 'json'] as const,
    default: 'table' as const,
    describe: 'of what is printed',
  });
}

export function tasksOptions<T>(y: Argv<T>) {
  return named(y, 'one task')
    .option('data', folderOption('--data', "folder of GLUE's files or synthetic, to count its rows"))
    .option('format', {
      choices: ['table', 'json'] as const,
      default: 'table' as const,
      describe: 'of what is printed',
    });
}

export function settingsOptions<T>(y: Argv<T>) {
  return named(y, 'a key, or a block: training, method, map, selection, engine, file').option('format', {
    choices: ['table', 'json', 'markdown'] as const,
    default: 'table' as const,
    describe: 'of what is printed; markdown: docs/settings.md',
  });
}
