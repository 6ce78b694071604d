import type { ThinCurve } from './curves.ts';
import { markup, NO_HTML, type Html } from './html.ts';

const [WIDTH, HEIGHT] = [560, 150];
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 12, 12, 28];

/**
 * The training loss as a small drawing without script: a line through the means on axes that begin at 0 (or at the
 * least loss, if that is negative) and name their ends. Empty without points.
 */
export function lossDrawing({ points }: ThinCurve, label: string): Html {
  if (points.length === 0) return NO_HTML;
  const values = points.map(([, mean]) => mean);
  const low = Math.min(0, ...values);
  const high = Math.max(...values, low + Number.EPSILON);
  const last = points.at(-1)![0];
  const x = (step: number) => Math.round(LEFT + (step / last) * (WIDTH - LEFT - RIGHT));
  const y = (value: number) => Number((TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM)).toFixed(1));
  const line = points.map(([step, mean]) => `${x(step)},${y(mean)}`).join(' ');
  const floor = HEIGHT - BOTTOM;
  return markup`<svg class="drawing" role="img" aria-label="${label}" viewBox="0 0 ${WIDTH} ${HEIGHT}">
    <path class="axis" d="M${LEFT},${TOP}V${floor}H${WIDTH - RIGHT}" />
    <polyline points="${line}" />
    <text x="${LEFT - 6}" y="${TOP + 8}" text-anchor="end">${high.toPrecision(3)}</text>
    <text x="${LEFT - 6}" y="${floor}" text-anchor="end">${low === 0 ? '0' : low.toPrecision(3)}</text>
    <text x="${WIDTH - RIGHT}" y="${HEIGHT - 8}" text-anchor="end">step ${last}</text>
  </svg>`;
}
