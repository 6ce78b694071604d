import { UsageError } from '../errors.ts';
import { didYouMean } from '@lomap/files';

const commands: readonly string[] =
  'sweep pretrain list status show validate methods tasks settings report pack unpack power doctor export inspect'.split(
    ' ',
  );

/** The flags of all commands. yargs does not tell those of the one that complains. */
export const flags: ReadonlySet<string> = new Set(
  [
    // A sweep's file and folders, and `sweep` itself.
    'config out format tasks methods seeds max-steps max-train-samples max-dev-samples device',
    'learning-rate no-search rank',
    'model data jobs threads gpus dry-run retry-failed fail-fast keep-adapters',
    'results sweep plugins executor site',
    // pack and unpack; doctor, power, export, pretrain
    'keep limit',
    'steps json difference half-width equivalence deviation from power alpha comparisons adapter base dtype',
    'version help',
  ].flatMap((names) => names.split(' ')),
);

/** What follows yargs' `Unknown argument: tassk`: the nearest flag or command. */
export function nearestTo(message: string): string {
  const unknown = /^Unknown (argument|command)s?: ([\w-]+)/.exec(message);
  return unknown ? `.${didYouMean(unknown[2] ?? '', [...flags, ...commands])}` : '';
}

/**
 * Refuses a first word that is no command: yargs would take it for an argument of none.
 *
 * @throws UsageError naming the nearest command.
 */
export function checkCommand([first]: readonly string[]): void {
  if (first === undefined || first.startsWith('-') || commands.includes(first) || first === 'worker') return;
  throw new UsageError(`There is no command "${first}".${didYouMean(first, commands)}`, 'See lomap --help.');
}

/** Where the help is of what was asked for: a command's own where it is one. */
export function helpOf([command]: readonly string[]): string {
  return `See lomap ${command !== undefined && commands.includes(command) ? `${command} ` : ''}--help.`;
}
