import { expect, test } from '@jest/globals';
import type { DivergedTrial } from '@lomap/results';
import { fakeResult, type FakeResult } from '@lomap/results/testing';
import { searchCurves, type SearchCurve } from './curves.ts';
import { fakeSweep } from '../../testing/fake-sweep.ts';

function chosen({ choice }: SearchCurve) {
  const { best, tied, ...rest } = choice!;
  return { ...rest, best: best.learningRate, tied: tied.map(({ learningRate }) => learningRate) };
}

function search(learningRate: number, seed: number, score: number, more: FakeResult = {}) {
  return fakeResult({ purpose: 'search', learningRate, seed, score, ...more });
}

function diverged(learningRate: number, seed: number): DivergedTrial {
  return { purpose: 'search', settings: search(learningRate, seed, 0).trial.settings, error: 'the loss is NaN' };
}

test('a curve a method and task, by ascending rate, with the best', () => {
  const curves = searchCurves(fakeSweep().reverse());
  expect(curves.map(({ title }) => title)).toEqual(['head only', 'LoRA', 'DoRA', 'LoMAP']);
  for (const curve of curves) {
    expect(curve.points.map(({ learningRate }) => learningRate)).toEqual([3e-4, 1e-3, 3e-3]);
    expect(curve.task).toBe('mrpc');
    expect(chosen(curve)).toEqual({ best: 1e-3, tied: [1e-3], edge: null, forced: null, undecided: false });
  }
});

test('seeds are averaged before the best is taken, and the edge is told', () => {
  const [curve] = searchCurves([
    search(1e-3, 1, 0.9),
    search(1e-3, 2, 0.1),
    search(1e-2, 1, 0.6),
    search(1e-2, 2, 0.6),
  ]);
  expect(chosen(curve!)).toMatchObject({ best: 1e-2, edge: 'largest' });
  expect(curve!.points[0]!.summary).toMatchObject({ n: 2, mean: 50 });
});

test('a search under way has no best rate; a trial that diverged has ended, and its rate stands there', () => {
  const begun = [search(1e-3, 1, 0.5), search(1e-3, 2, 0.5), search(1e-2, 1, 0.9)];
  expect(searchCurves(begun)[0]!.choice).toBeNull();
  const [curve] = searchCurves(begun, [diverged(1e-2, 2)]);
  expect(chosen(curve!)).toMatchObject({ best: 1e-3, edge: 'smallest' });
  expect(curve!.points[1]).toMatchObject({ learningRate: 1e-2, score: null, seeds: 2, diverged: 1, summary: { n: 1 } });
  const [whole] = searchCurves(begun.slice(0, 2), [diverged(1e-2, 1), diverged(1e-2, 2)]);
  expect(whole!.points[1]).toMatchObject({ learningRate: 1e-2, summary: null, diverged: 2 });
  // It has been run again, and did not diverge.
  expect(searchCurves(begun, [diverged(1e-2, 1)])[0]!.points[1]!.diverged).toBe(0);
});

test('without a score and without a known cause there is no curve; where all diverged there is', () => {
  const unscored = search(1e-2, 2, 0, { trial: { selectionScore: null } });
  expect(searchCurves([unscored])).toEqual([]);
  const [curve] = searchCurves([], [diverged(1e-3, 1), diverged(1e-2, 1)]);
  expect(chosen(curve!)).toMatchObject({ best: 1e-3, forced: 'diverged', edge: null });
});

test('a collapsed trial counts as 0 and is never the best while another is left', () => {
  const collapsed = { collapsed: true };
  const results = [search(1e-3, 1, 0.6, { collapsed: false }), search(1e-2, 1, 0.684, collapsed)];
  const [curve] = searchCurves(results);
  expect(chosen(curve!)).toMatchObject({ best: 1e-3, forced: null });
  expect(curve!.points[1]).toMatchObject({ score: 0, collapsed: 1, collapsedSeeds: [1] });
  const [forced] = searchCurves([search(1e-3, 1, 0.684, collapsed), search(1e-2, 1, 0.684, collapsed)]);
  expect(chosen(forced!)).toMatchObject({ best: 1e-3, forced: 'collapsed', edge: null });
});

test('other settings than the learning rate part the curves', () => {
  const results = [4, 8].map((batchSize) => fakeResult({ purpose: 'search', training: { batchSize } }));
  expect(searchCurves(results).map(({ title }) => title)).toEqual([
    'LoRA (training.batchSize=4)',
    'LoRA (training.batchSize=8)',
  ]);
});
