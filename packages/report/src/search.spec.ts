import { expect, test } from '@jest/globals';
import { fakeResult } from '@lomap/results/testing';
import { searchCurves } from './search.ts';
import { fakeSweep } from './testing/fake-sweep.ts';

test('a curve a method and task, by ascending rate, with the best', () => {
  const curves = searchCurves(fakeSweep().reverse());
  expect(curves.map(({ title }) => title)).toEqual(['head only', 'LoRA', 'DoRA', 'LoMAP']);
  for (const curve of curves) {
    expect(curve.points.map(({ learningRate }) => learningRate)).toEqual([3e-4, 1e-3, 3e-3]);
    expect(curve).toMatchObject({ task: 'mrpc', best: 1e-3, atEdge: false });
  }
});

test('seeds are averaged before the best is taken, and the edge is told', () => {
  const search = (learningRate: number, seed: number, score: number) =>
    fakeResult({ purpose: 'search', learningRate, seed, score });
  const [curve] = searchCurves([
    search(1e-3, 1, 0.9),
    search(1e-3, 2, 0.1),
    search(1e-2, 1, 0.6),
    search(1e-2, 2, 0.6),
  ]);
  expect(curve).toMatchObject({ best: 1e-2, atEdge: true });
  expect(curve!.points[0]!.score).toMatchObject({ n: 2, mean: 50 });
});

test('a search under way has no best rate; a trial that diverged has ended', () => {
  const search = (learningRate: number, seed: number, score: number) =>
    fakeResult({ purpose: 'search', learningRate, seed, score });
  const begun = [search(1e-3, 1, 0.5), search(1e-3, 2, 0.5), search(1e-2, 1, 0.9)];
  expect(searchCurves(begun)[0]).toMatchObject({ best: null, atEdge: false });
  const last = search(1e-2, 2, 0);
  const diverged = { ...last, trial: { ...last.trial, selectionScore: null } };
  expect(searchCurves([...begun, diverged])[0]).toMatchObject({ best: 1e-3 });
  expect(searchCurves([diverged])).toEqual([]);
});

test('other settings than the learning rate part the curves', () => {
  const results = [4, 8].map((batchSize) => fakeResult({ purpose: 'search', training: { batchSize } }));
  expect(searchCurves(results).map(({ title }) => title)).toEqual([
    'LoRA (training.batchSize=4)',
    'LoRA (training.batchSize=8)',
  ]);
});
