/** What is wrong with a command line whatever the command: values that are empty, flags given twice. */
import { UsageError } from '../errors.ts';

/**
 * Refuses a blank argument and a flag that is there twice, before any flag is read: an unset shell variable
 * (`--out "$UNSET"`) would mean the working directory, and of `--out a --out b` one would be lost without a word.
 *
 * @throws UsageError naming the flag, or the place of an argument without one.
 */
export function checkArguments(args: readonly string[]): void {
  const end = args.indexOf('--');
  const read = end < 0 ? args : args.slice(0, end);
  const seen = new Set<string>();
  read.forEach((word, i) => {
    const { flag, value } = parts(word);
    if (flag === null) {
      if (word.trim() === '')
        throw blank(parts(args[i - 1] ?? '').flag ?? (i === 0 ? 'the command' : `argument ${i} of ${args[0]!}`));
      return;
    }
    if (value?.trim() === '') throw blank(flag);
    if (seen.has(flag)) throw new UsageError(`${flag} is there twice.`, 'Give each flag once.');
    seen.add(flag);
  });
  if (end >= 0 && args.slice(end).some((word) => word.trim() === '')) throw blank('an argument after --');
}

/** `--max-steps` and `3` of `--maxSteps=3`: yargs takes both spellings. No flag in what is none. */
function parts(word: string): { flag: string | null; value?: string } {
  const found = /^(--[A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word);
  if (!found) return { flag: null };
  const flag = found[1]!.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return found[2] === undefined ? { flag } : { flag, value: found[2] };
}

function blank(where: string): UsageError {
  return new UsageError(
    `${where}: the value is empty.`,
    'A shell variable that is not set gives an empty value: check those of the command.',
  );
}
