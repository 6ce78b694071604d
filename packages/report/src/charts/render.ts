import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import { parse, resetSVGDefIds, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { ReportError } from '../error.ts';
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
  resetSVGDefIds(); // else the ids of clip paths count up from chart to chart
  const view = new View(parse(compile(spec, { logger: strictLogger() }).spec), { renderer: 'none' });
  try {
    const svg = await view.toSVG();
    return { spec: `${JSON.stringify(spec, null, 2)}\n`, svg: `${svg}\n`, png: rasterize(svg) };
  } finally {
    view.finalize();
  }
}

function rasterize(svg: string): Buffer {
  const require = createRequire(import.meta.url);
  const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) =>
    require.resolve(`dejavu-fonts-ttf/ttf/${file}`),
  );
  const font = { fontFiles, loadSystemFonts: false, defaultFontFamily: FONT };
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
