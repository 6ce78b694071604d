import { expect, test } from '@jest/globals';
import { tf } from '@lomap/compile';
import { plainContext } from '@lomap/models';
import { bagOfWordsLoss, bagsOfWords } from './bag-of-words.ts';

const texts = [
  { inputIds: [0, 2, 3, 3, 1], tokenTypeIds: [0, 0, 0, 0, 0] },
  { inputIds: [0, 4, 1], tokenTypeIds: [0, 0, 0] },
];
const bags = bagsOfWords(texts, 3, 5, new Set([0, 1]));

test('a bag has the shares of the words that are not special; a filler has none', () => {
  expect(bags.shape).toEqual([3, 5]);
  const expected = [0, 0, 1 / 3, 2 / 3, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0];
  [...bags.data].forEach((share, i) => expect(share).toBeCloseTo(expected[i]!, 6));
});

test('the loss is the mean over texts of the cross-entropy against the bag, fillers left out', () => {
  const embeddings = [
    [0.1, 0.2],
    [-0.3, 0.4],
    [0.5, -0.6],
    [0.7, 0.8],
    [-0.9, 1],
  ];
  const bias = [0.01, -0.02, 0.03, -0.04, 0.05];
  const pooled = [
    [0.5, -0.5],
    [-0.25, 0.75],
    [1, 1],
  ];
  const context = plainContext((name) => (name.endsWith('bias') ? tf.tensor1d(bias) : tf.tensor2d(embeddings)));
  const loss = bagOfWordsLoss(context, tf.tensor2d(pooled), tf.tensor2d([...bags.data], [3, 5])).dataSync()[0];

  const expected = pooled.slice(0, 2).map((h, row) => {
    const logits = embeddings.map((e, w) => e[0]! * h[0]! + e[1]! * h[1]! + bias[w]!);
    const logTotal = Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0));
    return logits.reduce((sum, z, w) => sum - bags.data[5 * row + w]! * (z - logTotal), 0);
  });
  expect(loss).toBeCloseTo((expected[0]! + expected[1]!) / 2, 5);
});
