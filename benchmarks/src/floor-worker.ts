/** The floor of benchmarks:step: the matrix products of one method's step, in a process of its own. */
import { join } from 'node:path';
import { serve } from './common/serve.ts';
import { createTrainer, examplesOf } from './common/trainer.ts';
import { openFloor, partsOfLengths, type Floor } from './step/floor.ts';
import type { Loaded, LoadRequest, Turn, TurnRequest } from './step/protocol.ts';

let floor: Floor | null = null;

async function load(request: LoadRequest): Promise<Loaded> {
  const { inputIds, labels, threads } = request;
  const cacheDirectory = join(request.cacheDirectory, `floor-${request.method}`);
  const trainer = await createTrainer({
    ...request,
    examples: examplesOf(inputIds, labels),
    device: { device: 'cpu', threads, optimizationLevel: 'all', prepacking: true },
    cacheDirectory,
  });
  await trainer.dispose();
  const lengths = inputIds.map(({ length }) => length);
  floor = await openFloor(join(cacheDirectory, 'graphs'), partsOfLengths(lengths, trainer.passes), threads);
  await floor.run();
  const work = `${floor.products} matrix products, ${(floor.flops / 1e9).toFixed(1)} GFLOP`;
  const notes = [`The floor of ${request.method}: ${work}.`];
  return { type: 'loaded', parameters: trainer.parameters, loss: null, threads, versions: {}, notes };
}

await serve(async (message) => {
  const request = message as LoadRequest | TurnRequest;
  if (request.command === 'load') return load(request);
  if (!floor) throw new Error('A turn was asked for before a load.');
  for (let i = 0; i < request.warmUp; i++) await floor.run();
  const turn: Turn = { type: 'turn', ms: await floor.run(), loss: null };
  return turn;
});
// ONNX Runtime can keep handles open.
process.exit(0);
