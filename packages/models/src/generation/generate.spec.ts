/** Generation with a cache: against the whole text read anew each time, and what transformers generates. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { key, type DeviceOptions } from '@lomap/compile';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { describeWithShared, shared } from '../testing/shared.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { writeCheckpoint } from '../testing/tiny-bert.ts';
import { tinyLlamaConfig, tinyLlamaTensors } from '../testing/tiny-llama.ts';
import { createGenerator, type GenerationSettings } from './generate.ts';

const folder = temporaryFolder();
const cacheDirectory = join(folder, 'cache');
const device: DeviceOptions = { device: 'cpu', threads: 2, optimizationLevel: 'all', prepacking: true };

async function generate(
  directory: string,
  prompts: number[][],
  settings: GenerationSettings & { beams?: number; batchSize?: number; device?: DeviceOptions['device'] },
): Promise<number[][]> {
  const checkpoint = await openCheckpoint(directory, { numLabels: 0, cacheDirectory, headKey: key(0) });
  const generator = await createGenerator<[]>({
    nextToken: checkpoint.nextToken!,
    inputs: [],
    context: () => checkpoint.context(),
    ...{ batchSize: settings.batchSize ?? prompts.length, beams: settings.beams ?? 1, cacheDirectory },
    device: { ...device, device: settings.device ?? 'cpu' },
    maxPositions: checkpoint.limits.maxPositions,
  });
  const texts = await generator.generate([], prompts, settings);
  await generator.dispose();
  return texts;
}

describeWithShared('models/stories260K', 'stories260K', () => {
  interface Case {
    readonly input_ids: number[];
    readonly greedy_30: number[];
  }
  const cases = JSON.parse(readFileSync(shared('models/stories260K/expected.json'), 'utf8')) as Case[];

  test.each([3, 1, 2])("greedy tokens are transformers', %d prompts of unequal length together", async (batchSize) => {
    const texts = await generate(
      shared('models/stories260K'),
      cases.map(({ input_ids }) => input_ids),
      { maxNewTokens: 30, stopTokens: [2], batchSize },
    );
    cases.forEach(({ input_ids, greedy_30 }, i) => expect([...input_ids, ...texts[i]!]).toEqual(greedy_30));
  });
});

describe('a tiny LLaMA', () => {
  const made = writeCheckpoint(join(folder, 'tiny'), tinyLlamaTensors(0), tinyLlamaConfig);
  const prompts = [[1, 2, 3], [4], [5, 6, 7, 8, 9]];

  test.each(['cpu', 'tfjs-cpu'] as const)('%s: a prompt does not depend on those beside it', async (name) => {
    const directory = await made;
    for (const beams of [1, 3]) {
      const settings = { maxNewTokens: 6, beams, device: name };
      const together = await generate(directory, prompts, { ...settings, batchSize: 4 });
      for (const [i, prompt] of prompts.entries()) {
        expect(await generate(directory, [prompt], settings)).toEqual([together[i]]);
      }
      expect(together.map(({ length }) => length)).toEqual([6, 6, 6]);
    }
  });

  test('a text ends with a stop token, and one that is too long is refused', async () => {
    const directory = await made;
    const [free] = await generate(directory, [[1, 2, 3]], { maxNewTokens: 5 });
    const stop = free![2]!;
    const expected = free!.slice(0, free!.indexOf(stop) + 1);
    expect(await generate(directory, [[1, 2, 3]], { maxNewTokens: 5, stopTokens: [stop] })).toEqual([expected]);
    await expect(generate(directory, [[1, 2, 3]], { maxNewTokens: 15 })).rejects.toThrow(
      "Prompt 0 has 3 tokens, and 15 more do not fit in the model's 16 positions.",
    );
    await expect(generate(directory, [[1], []], { maxNewTokens: 1 })).rejects.toThrow('Prompt 1 has no tokens.');
  });
});
