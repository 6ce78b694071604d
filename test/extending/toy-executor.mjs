// An executor that no package knows: it runs trials in the runner's own process, one after another.
import { hostname } from 'node:os';
import { openWorker, registerExecutor } from '@lomap/runner';

export default () =>
  registerExecutor({
    name: 'toy',
    open({ start, options }) {
      if (options.greeting === undefined) throw new Error('its setting "greeting" is missing');
      return {
        name: 'toy',
        width: 1,
        async reclaim() {},
        async run(queue) {
          const worker = await openWorker(start);
          for (let lease = await queue.take({ worker: 'me' }); lease; lease = await queue.take({ worker: 'me' })) {
            lease.started({ kind: 'toy', id: String(process.pid), host: hostname() });
            lease.print(`${options.greeting}, ${lease.assignment.folder}\n`);
            const { assignment, signal } = lease;
            await lease.end(await worker.run(assignment, (report) => lease.report(report), signal));
          }
        },
        kill() {},
        async close() {},
      };
    },
  });
