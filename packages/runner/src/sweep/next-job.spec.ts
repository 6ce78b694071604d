import { expect, test } from '@jest/globals';
import { planMain } from '../plan/plan.ts';
import { fakeIdentity, fakeSweep } from '../testing/fakes.ts';
import { takeNext } from './next-job.ts';

/** Two tasks, two methods and two seeds: name, method and seed of each job in the order of the plan. */
const jobs = () => planMain(fakeSweep(), fakeIdentity, new Map()).map((trial) => ({ trial }));
const name = (job: ReturnType<typeof jobs>[number] | undefined): string | undefined =>
  job && `${job.trial.settings.task} ${job.trial.settings.method.label} ${job.trial.settings.seed}`;

test('a worker stays with its methods as long as the seed lasts, and takes what is left when it has none', () => {
  const pending = jobs();
  const claims = new Map<string, Set<string>>();
  const take = (worker: number): string | undefined => name(takeNext(pending, `worker ${worker}`, claims));
  expect([take(0), take(1)]).toEqual(['rte head 1', 'rte lora 1']);
  expect([take(1), take(1)]).toEqual(['mrpc lora 1', 'mrpc head 1']);
  // Worker 0 was slow: seed 1 is gone.
  expect([take(0), take(0)]).toEqual(['rte head 2', 'mrpc head 2']);
  expect([take(0), take(0), take(0)]).toEqual(['rte lora 2', 'mrpc lora 2', undefined]);
});

test('one worker runs everything, seed by seed', () => {
  const pending = jobs();
  const planned = pending.map(name);
  const claims = new Map<string, Set<string>>();
  const ran = planned.map(() => name(takeNext(pending, 'the only one', claims)));
  expect([...ran].sort()).toEqual([...planned].sort());
  expect(ran.map((each) => each!.slice(-1))).toEqual(planned.map((each) => each!.slice(-1)));
});
