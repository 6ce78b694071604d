// A worker for tests: the real protocol (built), with trials that do what their sweep's name says.
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../../dist/worker/serve.js';

serve(async (assignment, tell, signal) => {
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
      return { type: 'complete', metric: 'accuracy', score: 0.5, selectionScore: 0.5 };
  }
});
