/** Text for LaTeX: escaped, and how wide it will be. */

const SPECIAL = new Map([
  ...[...'&%$#_{}'].map((character) => [character, `\\${character}`] as const),
  ['\\', '\\textbackslash{}'],
  ['~', '\\textasciitilde{}'],
  ['^', '\\textasciicircum{}'],
  ['<', '$<$'],
  ['>', '$>$'],
  ['|', '$|$'],
  ['"', "''"],
  ['`', '\\textasciigrave{}'],
  ['±', '$\\pm$'],
  ['−', '$-$'],
  ['–', '\\textendash{}'],
  ['—', '\\textemdash{}'],
  ['’', "'"],
  ['‘', '`'],
  ['“', '``'],
  ['”', "''"],
  ['…', '\\dots{}'],
  ['\u00a0', '~'],
  ['×', '$\\times$'],
  ['·', '$\\cdot$'],
  ['≥', '$\\ge$'],
  ['≤', '$\\le$'],
  ['≠', '$\\ne$'],
  ['≈', '$\\approx$'],
  ['→', '$\\to$'],
  ['∞', '$\\infty$'],
  ['√', '$\\surd$'],
  ['‖', '$\\|$'],
  ['†', '$\\dagger$'],
  ['‡', '$\\ddagger$'],
  ['²', '$^2$'],
  ['³', '$^3$'],
  ['₀', '$_0$'],
  ['₁', '$_1$'],
  ['°', '$^\\circ$'],
  ['ᵀ', '$^\\top$'],
  ...Object.entries({ α: 'alpha', β: 'beta', γ: 'gamma', δ: 'delta', η: 'eta', λ: 'lambda', μ: 'mu', σ: 'sigma' }).map(
    ([letter, name]) => [letter, `$\\${name}$`] as const,
  ),
  ['ε', '$\\varepsilon$'],
  ['Δ', '$\\Delta$'],
  ['Λ', '$\\Lambda$'],
  ['Σ', '$\\Sigma$'],
]);

/** Printable ASCII, and the letters with accents that every font encoding has. */
const AS_IT_IS = /^[ -~À-ÏÑ-ÖØ-ïñ-öø-ýÿ]$/;

/**
 * The text with what TeX takes for commands escaped, Greek letters and signs as mathematics, the minus of an
 * exponent (1e-3) a minus, and hyphens that would become a dash kept apart. A character that pdfLaTeX may have no glyph for becomes its code point, `U+65B9`.
 */
export function escapeLatex(text: string): string {
  return text
    .replaceAll(/[^\P{Cc}]|\s+/gu, ' ')
    .replaceAll(/(?<=\de)-(?=\d)/g, '−')
    .normalize('NFC')
    .split(' ')
    .map((word) => {
      const characters = Array.from(word, escapeCharacter);
      return characters.join(characters.length > LONG_WORD ? '\\hspace{0pt}' : '');
    })
    .join(' ')
    .replaceAll(/(?<=-)-/g, '{}-')
    .replaceAll('?`', '?{}`');
}

/** A longer word may break anywhere, so that it cannot stick out of a column. */
const LONG_WORD = 24;

function escapeCharacter(character: string): string {
  const special = SPECIAL.get(character);
  if (special !== undefined) return special;
  return AS_IT_IS.test(character) ? character : `U+${character.codePointAt(0)!.toString(16).toUpperCase()}`;
}

/** Widths of Computer Modern Roman's characters in thousandths of its size, from its metrics (cmr10.tfm). */
const WIDTHS = new Map(
  Object.entries({
    278: "!',.:;[]`|ijl",
    306: 'fj',
    333: ' -',
    361: 'I',
    389: '()t',
    392: 'r',
    394: 's',
    444: 'cez',
    472: '?',
    500: '"$*/0123456789^_ag{}~\\‖–',
    514: 'J',
    528: 'kqvxy',
    556: 'bdhnpuS',
    611: 'Z',
    625: 'L',
    653: 'F',
    681: 'EP',
    708: 'B',
    722: 'CTw',
    736: 'R',
    750: 'AHNUVXY',
    764: 'D',
    785: 'G',
    833: '#%m',
    917: 'M',
    1028: 'W',
  }).flatMap(([width, characters]) => Array.from(characters, (character) => [character, Number(width)] as const)),
);

/** Signs, Greek and accented letters are at most as wide as this. */
const WIDEST_SIGN = 778;

/** Small sizes are cut wider: cmr9, cmr8 and cmr7 by the width of a digit. */
const CUT: Readonly<Record<number, number>> = { 9: 1.028, 8: 1.0625, 7: 1.139 };

/** The width of the text, before it is escaped, in points at a size of 7 to 10 points. */
export function latexWidth(text: string, size: number): number {
  let thousandths = 0;
  for (const character of text) thousandths += WIDTHS.get(character) ?? WIDEST_SIGN;
  return (thousandths / 1000) * size * (CUT[size] ?? 1);
}
