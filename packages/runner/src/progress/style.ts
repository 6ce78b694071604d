/**
 * Whether to write ANSI colours. NO_COLOR wins over FORCE_COLOR, which wins over the terminal. Nx gives its tasks
 * FORCE_COLOR=true whether or not anybody sees colours: there the terminal decides, and another value is the user's.
 */
export function usesColor(isTerminal: boolean, environment: NodeJS.ProcessEnv = process.env): boolean {
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  const forced = environment['FORCE_COLOR'];
  const byNx = environment['NX_TASK_TARGET_PROJECT'] !== undefined && forced === 'true';
  if (forced !== undefined && !byNx) return forced !== '0' && forced !== 'false';
  return isTerminal;
}

export type Paint = Readonly<Record<'red' | 'green' | 'yellow' | 'dim', (text: string) => string>>;

/** Functions that colour a text, or leave it as it is. */
export function paint(color: boolean): Paint {
  const code = (number: number) => (text: string) => (color ? `\u001b[${number}m${text}\u001b[0m` : text);
  return { red: code(31), green: code(32), yellow: code(33), dim: code(2) };
}

/** `41 s`, `3 min 05 s`, `2 h 07 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const pad = (n: number) => String(n).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** `3.12 ms`, `312 ms`, `3.1 s`. */
export function formatMilliseconds(milliseconds: number): string {
  return milliseconds < 999.5 ? `${Number(milliseconds.toPrecision(3))} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** `.653` for .6531 and `-.020` for -.02; `none` for null. */
export function formatScore(score: number | null): string {
  return score === null ? 'none' : score.toFixed(3).replace(/^(-?)0\./, '$1.');
}
