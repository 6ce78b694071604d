import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { modelShapes } from './model-shapes.ts';
import { workspacePath } from './paths.ts';

/** The checkpoint folder that was asked for, else MiniLM-L6's; where there is none, random weights of its shape, with a note. */
export async function modelFolder(
  given: string | null,
  scratch: string,
  note: (text: string) => void,
): Promise<string> {
  const folder = given ?? workspacePath('../shared/models/minilm-l6');
  if (existsSync(folder)) return folder;
  note(`${folder} is missing: random weights of MiniLM-L6's shape instead, the same ones for every engine.`);
  const random = join(scratch, 'model');
  const { writeRandomModel } = await import('./random-model.ts');
  await writeRandomModel(random, modelShapes.minilm);
  return random;
}
