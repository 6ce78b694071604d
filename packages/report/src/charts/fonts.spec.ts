import { expect, test } from '@jest/globals';
import { Resvg } from '@resvg/resvg-js';
import { fontFiles, textWidth } from './fonts.ts';
import { FONT } from './style.ts';

test.each(['normal', 'bold'] as const)('the width of %s text is that of the drawn one', (face) => {
  const text = 'Homonym: ‖ΔW‖ − 3 %';
  const width = textWidth(text, 20, face);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="500" height="50">` +
    `<text x="10" y="30" font-size="20" font-weight="${face}">${text}</text></svg>`;
  const font = { fontFiles: fontFiles(), loadSystemFonts: false, defaultFontFamily: FONT };
  const drawn = new Resvg(svg, { font }).getBBox()!.width;
  expect(Math.abs(width - drawn)).toBeLessThan(4); // the bearings of the first and the last glyph, and kerning
  expect(textWidth('', 20, face)).toBe(0);
});

test('bold text is wider', () => {
  expect(textWidth('score', 11, 'bold')).toBeGreaterThan(textWidth('score', 11));
});
