import type { TopLevelSpec } from 'vega-lite';
import { panelGrid } from './grid.ts';
import { GREY, OKABE_ITO, QUIET } from './style.ts';

/**
 * One trial's chart: training loss by step (mean line, band from the least to the greatest of each point's steps), and
 * the scores on the selection split by epoch, the chosen one ringed. Its data, `loss` (step, mean, low, high) and
 * `epochs` (step, epoch, metric, score, chosen), are named and filled in later, so that one specification serves every trial.
 */
export function trialChart(abreast = 2): TopLevelSpec {
  const width = abreast === 1 ? 230 : 330;
  const height = 190;
  const x = {
    field: 'step',
    type: 'quantitative' as const,
    axis: { title: 'step', tickMinStep: 1, tickCount: 6 },
  };
  const y = (title: string, zero: boolean) => ({
    type: 'quantitative' as const,
    scale: { zero },
    axis: { title, tickCount: 5 },
  });
  const color = {
    field: 'metric',
    type: 'nominal' as const,
    scale: { range: OKABE_ITO.slice(0, 6) },
    legend: { title: null, orient: 'bottom' as const, columns: 1 },
  };
  const score = { ...y('score (points)', false), field: 'score' };
  const shape = { field: 'metric', type: 'nominal' as const, legend: color.legend };
  const tip = (field: string, format?: string) => ({
    ...{ field, type: 'quantitative' as const },
    ...(format === undefined ? {} : { format }),
  });
  return panelGrid({
    title: 'Training loss, and scores on the selection split',
    subtitle: '',
    abreast,
    panels: [
      () => ({
        title: { text: 'Training loss', subtitle: 'Line: mean; band: least to greatest of a point’s steps' },
        data: { name: 'loss' },
        ...{ width, height },
        layer: [
          {
            mark: { type: 'area', opacity: 0.25, color: GREY },
            encoding: { x, y: { ...y('loss', true), field: 'low' }, y2: { field: 'high' } },
          },
          {
            mark: { type: 'line', strokeWidth: 1.5, color: OKABE_ITO[0]! },
            encoding: {
              ...{ x, y: { ...y('loss', true), field: 'mean' } },
              tooltip: [tip('step'), tip('mean', '.4~g'), tip('low', '.4~g'), tip('high', '.4~g')],
            },
          },
        ],
      }),
      () => ({
        title: { text: 'Selection split', subtitle: 'Ringed: the epoch whose weights were kept' },
        data: { name: 'epochs' },
        ...{ width, height },
        layer: [
          { mark: { type: 'line', strokeWidth: 1.5 }, encoding: { x, y: score, color } },
          {
            mark: { type: 'point', filled: true, size: 55, opacity: 1 },
            encoding: {
              ...{ x, y: score, color, shape },
              tooltip: [{ field: 'metric', type: 'nominal' }, tip('epoch'), tip('step'), tip('score', '.2f')],
            },
          },
          {
            transform: [{ filter: 'datum.chosen' }],
            mark: {
              type: 'point',
              filled: false,
              shape: 'circle',
              size: 220,
              strokeWidth: 2,
              color: QUIET,
              opacity: 1,
            },
            encoding: { x, y: score },
          },
        ],
      }),
    ],
  });
}
