const NUMBER = /^[<[\s]*([-+−]?(?:\d[\d,]*)?(?:\.\d+)?(?:e[-+−]?\d+)?)/i;

/**
 * The number that a printed cell begins with: `81.97 ± 0.36 (2)` is 81.97, `−1.05 [−5.19, +3.10]` is
 * -1.05, `[−5.19, +3.10]` is -5.19, `331,776–331,848` is 331776, `1.6e−5` is .000016, `< 0.001` a little less than .001. Null for anything else,
 * such as the dash of an empty cell.
 */
export function printedNumber(text: string): number | null {
  const digits = NUMBER.exec(text)?.[1]?.replaceAll('−', '-').replaceAll(',', '') ?? '';
  const value = Number(digits);
  if (!/\d/.test(digits) || !Number.isFinite(value)) return null;
  return text.startsWith('<') ? value * (1 - 1e-9) : value;
}
