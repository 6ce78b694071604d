/** What the runner's tests have instead of models, data and worker processes. */
import { hostname } from 'node:os';
import { SCHEMA_VERSION, type TrialResult, type TrialSettings } from '@lomap/results';
import type { Registry } from '../config/registry.ts';
import { checkSweep } from '../config/check-sweep.ts';
import type { Sweep } from '../config/sweep.ts';
import { sweepFileSchema } from '../config/sweep-schema.ts';
import type { SweepFlags } from '../config/flags.ts';
import type { Identity } from '../plan/plan.ts';
import type { Ending, Executor, Lease } from '../executors/executor.ts';
import { stageResult } from '../worker/stage-result.ts';
import type { Assignment, RunProvenance } from '../worker/messages.ts';

const HASH = 'fa4e'.repeat(16);

const withAdapter: Omit<TrialSettings['method'], 'label' | 'name'> = {
  rank: 8,
  loraAlpha: 16,
  targetModules: ['query', 'value'],
  adapterDropout: 0,
  map: null,
};
const methods: Readonly<Record<string, Omit<TrialSettings['method'], 'label' | 'name'>>> = {
  head: { rank: null, loraAlpha: null, targetModules: null, adapterDropout: 0, map: null },
  lora: withAdapter,
  lomap: {
    ...withAdapter,
    map: {
      start: 'paper',
      baseScope: 'global',
      deltaScope: 'global',
      alpha: 'learned',
      beta: 'learned',
      parametrization: 'raw',
      betaStart: { absolute: 1 },
      scalarLearningRateMultiplier: 1,
      epsilon: 1e-6,
      epsilonMode: 'add',
      detachNorm: false,
    },
  },
};

export const fakeRegistry: Registry = {
  tasks: ['rte', 'mrpc', 'sst2'],
  canonicalTask(name) {
    const plain = name.toLowerCase().replace('-', '');
    return fakeRegistry.tasks.includes(plain) ? plain : null;
  },
  methods: Object.keys(methods),
  methodDefaults(name) {
    const settings = methods[name];
    if (!settings) throw new RangeError(`No method ${name}.`);
    return { label: name, name, ...settings };
  },
  optionalSettings: (name) => (name === 'head' ? [] : ['useRslora', 'loraPlusRatio']),
  furtherSettings: new Map(),
  checkMethod(method) {
    if (method.rank !== null && method.rank > 64) throw new RangeError(`rank ${method.rank} is too large.`);
  },
  devices: ['cpu', 'webgpu'],
  optimizers: ['adamw'],
};

export const fakeIdentity: Identity = {
  model: { name: 'fake', type: 'bert', sha256: HASH },
  roles: {},
  data: new Map(fakeRegistry.tasks.map((name) => [name, { name: `glue/${name}`, sha256: HASH }])),
  plugins: [],
  corpus: 'fake-v1',
};

export const fakeProvenance: RunProvenance = {
  commit: null,
  dirty: null,
  lockfileSha256: null,
  versions: {},
  os: 'fake',
  processor: 'fake',
};

/** A checked sweep of a small file with these changes. */
export function fakeSweep(changes: object = {}, flags: SweepFlags = {}): Sweep {
  const file = sweepFileSchema.parse({
    name: 'fake',
    tasks: ['rte', 'mrpc'],
    methods: ['head', 'lora'],
    seeds: [1, 2],
    ...changes,
  });
  return checkSweep('fake.json', file, fakeRegistry, flags);
}

/** A result whose numbers are a function of its settings. */
export function fakeResultOf(assignment: Assignment, score: number, collapsed = false): TrialResult {
  const { id, sweep, purpose, settings } = assignment;
  return {
    schemaVersion: SCHEMA_VERSION,
    trial: {
      id,
      sweep,
      purpose,
      settings,
      steps: 2,
      trainExamples: 4,
      selectionExamples: 1,
      parameters: { adapter: 1, head: 1, base: 1 },
      curves: { loss: [1, 0.5], learningRate: [0, 1], gradientNorm: {}, clippingFactor: {} },
      epochs: [{ epoch: 1, step: 2, scores: { accuracy: score }, collapsed }],
      chosenEpoch: 1,
      selectionScore: score,
      dev: purpose === 'main' ? { dev: { accuracy: score } } : {},
      primary: { metric: 'accuracy', value: purpose === 'main' ? score : null },
      matrices: [],
      effectivelyFrozen: null,
      notes: assignment.notes,
    },
    measured: {
      startedAt: new Date().toISOString(),
      finishedAt: new Date().toISOString(),
      seconds: { total: 1 },
      peakMemoryBytes: 1,
      attempts: assignment.attempt,
      pid: process.pid,
      host: 'fake',
      threads: 1,
    },
    provenance: {
      ...assignment.provenance,
      device: { name: 'cpu', version: '0' },
      modelSha256: HASH,
      dataSha256: HASH,
    },
  };
}

export interface FakeExecutor extends Executor {
  /** What ran, in order. */
  readonly ran: Assignment[];
}

/** A score of predictions that hardly vary. */
export interface Collapsed {
  readonly collapsedAt: number;
}

/**
 * Runs trials in this process, `width` at a time: each hands over a result with the score that `scoreOf` gives, or ends as
 * the ending that it gives or throws.
 */
export function fakeExecutor(
  scoreOf: (assignment: Assignment, run: number, lease: Lease) => number | Collapsed | Ending,
  width = 2,
): FakeExecutor {
  const ran: Assignment[] = [];
  const runOne = async (lease: Lease): Promise<Ending> => {
    const { assignment, staging } = lease;
    ran.push(assignment);
    lease.started({ kind: 'fake', id: '1', host: hostname() });
    const score = scoreOf(assignment, ran.length, lease);
    if (typeof score === 'object' && 'type' in score) return score;
    const collapsed = typeof score === 'object';
    const value = collapsed ? score.collapsedAt : score;
    const predictions = assignment.purpose === 'main' ? [{ split: 'dev', index: 0, label: 0, logits: [value] }] : [];
    await stageResult(staging, { result: fakeResultOf(assignment, value, collapsed), predictions, adapter: null });
    return { type: 'complete', folder: staging };
  };
  return {
    ran,
    name: 'fake',
    width,
    async reclaim() {},
    async run(queue) {
      const lane = async (_: unknown, i: number): Promise<void> => {
        const affinity = { worker: String(i) };
        for (let lease = await queue.take(affinity); lease; lease = await queue.take(affinity))
          await lease.end(await runOne(lease));
      };
      await Promise.all(Array.from({ length: width }, lane));
    },
    kill() {},
    async close() {},
  };
}

export function failure(
  message: string,
  name = 'Error',
  code: string | null = null,
): Extract<Ending, { type: 'failed' }> {
  return { type: 'failed', error: { name, message, stack: null, code } };
}
