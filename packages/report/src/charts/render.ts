import { Resvg } from '@resvg/resvg-js';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { ReportError } from '../error.ts';
import { fontFiles, textWidth } from './fonts.ts';
import { FONT } from './style.ts';

/** One chart in its three forms. */
export interface RenderedChart {
  /** The Vega-Lite specification with its data. */
  readonly spec: string;
  readonly svg: string;
  readonly png: Buffer;
}

/** Pixels of the PNG for one of the SVG's. */
const ZOOM = 2;

/**
 * Renders a chart without a browser, a canvas or the system's fonts, so that the same spec gives the same bytes on
 * every machine. Throws a ReportError if Vega-Lite has anything to say against the spec.
 */
export async function renderChart(spec: TopLevelSpec): Promise<RenderedChart> {
  measureText();
  vega.resetSVGDefIds(); // else the ids of clip paths count up from chart to chart
  const view = new vega.View(vega.parse(compile(spec, { logger: strictLogger() }).spec), { renderer: 'none' });
  try {
    const svg = await view.toSVG();
    return { spec: `${JSON.stringify(spec, null, 2)}\n`, svg: `${svg}\n`, png: rasterize(svg) };
  } finally {
    view.finalize();
  }
}

/** A text mark as Vega hands it to its measure; the properties that bear on its width. */
interface TextMark {
  readonly fontSize?: number | null;
  readonly fontWeight?: string | number | null;
  /** The width in pixels at which the text is cut; none when 0 or absent. */
  readonly limit?: number | null;
}

/** What Vega measures text with: exported, as VlConvert uses it, but not in vega-typings 2. */
interface TextMetrics {
  width(mark: TextMark, text: string): number;
}

/**
 * Without a canvas, Vega takes .8 of the font size for every letter, which sets panels far apart (vega/vega#2940); here
 * it gets the true widths.
 */
function measureText(): void {
  const { textMetrics } = vega as unknown as { readonly textMetrics: TextMetrics };
  textMetrics.width = ({ fontSize, fontWeight, limit }, text) => {
    const bold = fontWeight === 'bold' || Number(fontWeight) >= 600;
    const width = textWidth(text, fontSize ?? 11, bold ? 'bold' : 'normal'); // 11: Vega's own default
    return typeof limit === 'number' && limit > 0 ? Math.min(width, limit) : width;
  };
}

function rasterize(svg: string): Buffer {
  const font = { fontFiles: fontFiles(), loadSystemFonts: false, defaultFontFamily: FONT };
  return new Resvg(withClippedGroupsInView(svg), { font, fitTo: { mode: 'zoom', value: ZOOM }, background: '#ffffff' })
    .render()
    .asPng();
}

/**
 * resvg 2.6.2 aborts the process on a clipped group whose marks all lie outside the picture (its layer would be empty):
 * each clipped group gets an invisible rectangle of its clip's size.
 */
function withClippedGroupsInView(svg: string): string {
  const clips = new Map(
    Array.from(svg.matchAll(/<clipPath id="([^"]+)">(<rect [^>]*)\/>/g), ([, id, rect]) => [id!, rect!] as const),
  );
  return svg.replaceAll(/<g [^>]*clip-path="url\(#([^)]+)\)"[^>]*>/g, (group, id: string) => {
    const rect = clips.get(id);
    return rect === undefined ? group : `${group}${rect} fill="#000000" fill-opacity="0"/>`;
  });
}

type Logger = NonNullable<NonNullable<Parameters<typeof compile>[1]>['logger']>;

/** Vega-Lite drops what it does not understand with a warning; here that is an error. */
function strictLogger(): Logger {
  const refuse = (...messages: readonly unknown[]): never => {
    throw new ReportError(`The chart's specification is wrong: ${messages.map(String).join(' ')}`);
  };
  const logger: Logger = {
    level: () => logger,
    error: refuse,
    warn: refuse,
    info: () => logger,
    debug: () => logger,
  };
  return logger;
}
