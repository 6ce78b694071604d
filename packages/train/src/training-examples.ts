import { dataOrder } from './order.ts';
import { stepsPerEpoch } from './schedule.ts';

/** Training examples that are drawn anew in every pass over the rows: hidden tokens, say, or altered texts. */
export interface DrawnExamples<Example> {
  readonly rows: number;
  /** The example of a row in a pass, both from 0: a function of the two alone. */
  draw(row: number, pass: number): Example;
  /** All that decides what is drawn, as JSON: a resumed run is told apart by it. */
  readonly identity: string;
}

/** Training examples: the same in every pass, or drawn. */
export type TrainingExamples<Example> = readonly Example[] | DrawnExamples<Example>;

/** How many rows there are. */
export function rowsIn<Example>(train: TrainingExamples<Example>): number {
  return isList(train) ? train.length : train.rows;
}

/** The examples of the first pass over the rows. */
export function firstPass<Example>(train: TrainingExamples<Example>): readonly Example[] {
  return isList(train) ? train : Array.from({ length: train.rows }, (_, row) => train.draw(row, 0));
}

/** The examples of each step, in the order of `dataOrder`: a function of seed, examples and step. */
export function examplesOfSteps<Example>(
  train: TrainingExamples<Example>,
  seed: number,
  batchSize: number,
): (step: number) => Example[] {
  const rows = rowsIn(train);
  const rowsOf = dataOrder(seed, rows, batchSize);
  const perPass = stepsPerEpoch(rows, batchSize);
  return (step) =>
    Array.from(rowsOf(step), (row) => (isList(train) ? train[row]! : train.draw(row, Math.floor(step / perPass))));
}

/** What tells these examples from others, in parts to be hashed. */
export function* identityOf<Example>(train: TrainingExamples<Example>): Iterable<string> {
  if (isList(train)) for (const example of train) yield JSON.stringify(example);
  else yield train.identity;
}

function isList<Example>(train: TrainingExamples<Example>): train is readonly Example[] {
  return Array.isArray(train);
}
