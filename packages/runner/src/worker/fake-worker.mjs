// A worker for tests: the real protocol (built), with trials that do what their sweep's name says.
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../../dist/worker/serve.js';
import { trialError } from '../../dist/worker/trial-error.js';

const run = async (assignment, tell, signal) => {
  console.log(`runs ${assignment.folder}`);
  switch (assignment.sweep) {
    case 'throw':
      throw new TypeError('the trial is broken');
    case 'exit':
      process.exit(7);
      break;
    case 'hang':
      tell({ type: 'step', step: 1, steps: 2, loss: 0.5 });
      while (!signal.aborted) await sleep(5);
      return { type: 'interrupted' };
    default:
      tell({ type: 'note', text: `process ${process.pid}` });
      return { type: 'complete', folder: 'made' };
  }
};

serve(async ({ work }) => {
  console.log(`starts in ${work}`);
  return { run: (...given) => run(...given).catch((error) => ({ type: 'failed', error: trialError(error) })) };
});
