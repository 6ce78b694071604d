/** What a trained model said about one example of a dev split. */
export interface Prediction {
  /** The dev split: `dev`, or `dev_matched` and `dev_mismatched`. */
  readonly split: string;
  /** The example's index in its file. */
  readonly index: number;
  /** The true class, or the target of a regression. */
  readonly label: number;
  /** One logit a class; a regression's single value. */
  readonly logits: readonly number[];
}

/**
 * The text of a predictions.csv: `split,index,label,` and then `logit_0,logit_1,...`, or `prediction` where there is
 * one value. Rows keep the order given.
 *
 * A float32 value is written with the fewest digits that read back as the same float32. Throws a RangeError if an
 * example has another number of logits than the first one, or a value that is not finite.
 */
export function formatPredictions(predictions: readonly Prediction[]): string {
  const width = predictions[0]?.logits.length ?? 1;
  const lines = [headerOf(width)];
  for (const { split, index, label, logits } of predictions) {
    const where = `Prediction of example ${index} of ${split}`;
    if (!/^[\w-]+$/.test(split)) throw new RangeError(`${where}: the split's name is not a plain word.`);
    if (logits.length !== width)
      throw new RangeError(`${where}: ${logits.length} logits, where the first has ${width}.`);
    if (![label, ...logits].every(Number.isFinite)) throw new RangeError(`${where}: a value is not finite.`);
    lines.push([split, index, formatFloat(label), ...logits.map(formatFloat)].join(','));
  }
  return `${lines.join('\n')}\n`;
}

/**
 * The predictions of `formatPredictions`' text. Throws a RangeError that names the line of what is not a prediction, and
 * if the last line is cut off.
 */
export function parsePredictions(text: string): Prediction[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new RangeError(`Line ${lines.length + 1} is cut off.`);
  const header = lines.shift() ?? '';
  const width = header.split(',').length - 3;
  if (width < 1 || header !== headerOf(width)) {
    throw new RangeError('Line 1: expected split,index,label and then prediction, or logit_0,logit_1,...');
  }
  return lines.map((line, i) => {
    const [split, ...cells] = line.split(',');
    const numbers = cells.map((cell) => (cell === '' ? Number.NaN : Number(cell)));
    const [index, label, ...logits] = numbers;
    if (!split || logits.length !== width || !numbers.every(Number.isFinite) || !Number.isSafeInteger(index)) {
      throw new RangeError(
        `Line ${i + 2}: expected ${width + 2} numbers after the split, found ${JSON.stringify(line)}.`,
      );
    }
    return { split, index: index!, label: label!, logits };
  });
}

function headerOf(width: number): string {
  const names = width === 1 ? ['prediction'] : Array.from({ length: width }, (_, i) => `logit_${i}`);
  return ['split', 'index', 'label', ...names].join(',');
}

/** Nine significant digits identify every float32; fewer often do. */
function formatFloat(value: number): string {
  if (Math.fround(value) !== value) return String(value);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
