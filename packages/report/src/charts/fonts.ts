import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { create, type Font } from 'fontkit';

const FACES = { normal: 'DejaVuSans.ttf', bold: 'DejaVuSans-Bold.ttf' } as const;

/** A face of the charts' font. */
export type Face = keyof typeof FACES;

/** Where the charts' font lies: in the package dejavu-fonts-ttf, so that no machine's own fonts are asked. */
export function fontFiles(): string[] {
  return Object.values(FACES).map(fileOf);
}

const faces = new Map<Face, Font>();

/** The width of a line of text in the charts' font, in pixels: the sum of its glyphs' advances at `size` pixels an em. */
export function textWidth(text: string, size: number, face: Face = 'normal'): number {
  const font = faces.get(face) ?? openFace(face);
  const units = font.glyphsForString(text).reduce((sum, { advanceWidth }) => sum + advanceWidth, 0);
  return (units / font.unitsPerEm) * size;
}

function openFace(face: Face): Font {
  const font = create(readFileSync(fileOf(FACES[face])));
  if (!('glyphsForString' in font)) throw new TypeError(`${FACES[face]} is a collection of fonts, not one font.`);
  faces.set(face, font);
  return font;
}

function fileOf(name: string): string {
  return createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}`);
}
