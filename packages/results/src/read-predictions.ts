import { readFile, stat } from 'node:fs/promises';
import { ResultsError } from './error.ts';
import { codeOf, reason } from './files.ts';
import type { Prediction } from './predictions.ts';

/** Far above MNLI's 19,647 examples of dev; a larger file is refused before it is read. */
const LARGEST_BYTES = 64 * 1024 * 1024;

/**
 * Reads a predictions.csv as `formatPredictions` writes it; null if there is no such file.
 *
 * Throws a ResultsError that names the file and the line if it is not one, or cannot be read.
 */
export async function readPredictions(file: string): Promise<Prediction[] | null> {
  const text = await read(file);
  return text === null ? null : parsePredictions(text, file);
}

function parsePredictions(text: string, file: string): Prediction[] {
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const columns = header.split(',');
  const width = columns.length - 3;
  const names = width === 1 ? ['prediction'] : Array.from({ length: width }, (_, i) => `logit_${i}`);
  if (width < 1 || header !== ['split', 'index', 'label', ...names].join(',')) {
    throw new ResultsError(`${file}: line 1: expected split,index,label and then prediction, or logit_0,logit_1,...`);
  }
  return lines.map((line, i) => {
    const [split = '', ...fields] = line.split(',');
    const [index, label, ...logits] = fields.map(Number) as [number, number, ...number[]];
    const whole =
      fields.length === width + 2 && fields.every((field) => field !== '' && Number.isFinite(Number(field)));
    if (split === '' || !whole || !Number.isSafeInteger(index)) {
      throw new ResultsError(
        `${file}: line ${i + 2}: expected a split and ${width + 2} finite numbers. Is the file cut?`,
      );
    }
    return { split, index, label, logits };
  });
}

async function read(file: string): Promise<string | null> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST_BYTES)
      throw new ResultsError(`${file}: ${size} bytes; predictions have at most ${LARGEST_BYTES}.`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof ResultsError) throw error;
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw new ResultsError(`${file}: cannot be read: ${reason(error)}`, { cause: error });
  }
}
