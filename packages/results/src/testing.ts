/** Made-up results for tests. Every name in them says that it is fake. */
import { trialId } from './identity.ts';
import { resultSchema, type Measured, type Provenance, type TrialResult } from './schema/result.ts';
import type { TrialSettings } from './schema/settings.ts';
import type { Trial } from './schema/trial.ts';

/** What a test may want to choose. The rest is fixed, so equal choices give equal results. */
export interface FakeResult {
  readonly task?: string;
  readonly label?: string;
  /** The method's registry name; the label when absent. */
  readonly method?: string;
  readonly seed?: number;
  /** 8 when absent; null for head only. */
  readonly rank?: number;
  readonly loraAlpha?: number | null;
  /** The primary metric on dev (purpose main) or on the selection split (purpose search), in [-1, 1]. */
  readonly score?: number;
  readonly metric?: string;
  readonly purpose?: 'main' | 'search';
  readonly sweep?: string;
  readonly learningRate?: number;
  readonly parameters?: Trial['parameters'];
  readonly training?: Partial<TrialSettings['training']>;
  readonly map?: TrialSettings['method']['map'];
  readonly model?: TrialSettings['model'];
  /** Whether the predictions that were scored hardly vary: on the selection split of a search trial, else on dev. */
  readonly collapsed?: boolean;
  readonly selection?: Partial<TrialSettings['selection']>;
  readonly engine?: Partial<TrialSettings['engine']>;
  readonly trial?: Partial<
    Pick<Trial, 'notes' | 'effectivelyFrozen' | 'matrices' | 'geometry' | 'selectionScore' | 'curves' | 'steps'>
  >;
  readonly measured?: Partial<Measured>;
  readonly provenance?: Partial<Provenance>;
}

const FAKE_HASH = 'fa4e'.repeat(16);

/** A result that the schema accepts, with the id of its settings. */
export function fakeResult(fake: FakeResult = {}): TrialResult {
  const { task = 'fake-task', label = 'lora', method = label, seed = 1, score = 0.5, purpose = 'main' } = fake;
  const metric = fake.metric ?? 'accuracy';
  const collapsed = fake.collapsed !== undefined && { collapsed: fake.collapsed };
  const learningRate = fake.learningRate ?? fake.training?.learningRate ?? 1e-3;
  const settings: TrialSettings = {
    task,
    method: {
      label,
      name: method,
      rank: method === 'head' ? null : (fake.rank ?? 8),
      loraAlpha: method === 'head' ? null : fake.loraAlpha === undefined ? 16 : fake.loraAlpha,
      targetModules: method === 'head' ? null : ['fake.query', 'fake.value'],
      adapterDropout: 0,
      map: fake.map ?? null,
    },
    model: fake.model ?? { name: 'fake-encoder', type: 'bert', sha256: FAKE_HASH },
    data: { name: task, sha256: FAKE_HASH },
    training: {
      batchSize: 32,
      epochs: 3,
      maxSteps: null,
      maxLength: 128,
      headLearningRate: null,
      schedule: 'linear',
      warmupRatio: 0.1,
      warmupSteps: null,
      weightDecay: 0,
      betas: [0.9, 0.999],
      adamEpsilon: 1e-8,
      maxGradNorm: 1,
      clipping: 'group',
      dropout: 0.1,
      maxTrainSamples: null,
      ...fake.training,
      learningRate,
    },
    selection: { fraction: 0.1, maximum: 2000, seed: 7, epoch: 'best', ...fake.selection },
    evaluateDev: purpose === 'main',
    engine: { device: 'cpu', optimizationLevel: 'all', prepacking: true, ...fake.engine },
    seed,
  };
  return resultSchema.parse({
    schemaVersion: 1,
    trial: {
      id: trialId(settings),
      sweep: fake.sweep ?? 'fake-sweep',
      purpose,
      settings,
      steps: 2,
      trainExamples: 90,
      selectionExamples: 10,
      parameters: fake.parameters ?? { adapter: method === 'head' ? 0 : 1000, head: 50, base: 100_000 },
      curves: { loss: [0.7, 0.6], learningRate: [learningRate, 0], gradientNorm: {}, clippingFactor: {} },
      epochs: [{ epoch: 1, step: 2, scores: { [metric]: score }, ...(purpose === 'search' && collapsed) }],
      chosenEpoch: 1,
      selectionScore: score,
      dev: purpose === 'main' ? { dev: { [metric]: score } } : {},
      ...(purpose === 'main' && collapsed && { devCollapsed: { dev: collapsed.collapsed } }),
      primary: { metric, value: purpose === 'main' ? score : null },
      matrices: [],
      effectivelyFrozen: null,
      notes: [],
      ...fake.trial,
    },
    measured: {
      startedAt: '2000-01-01T00:00:00Z',
      finishedAt: '2000-01-01T00:01:00Z',
      seconds: { load: 1, compile: 1, train: 57, evaluate: 1, total: 60 },
      peakMemoryBytes: 1,
      attempts: 1,
      pid: 1,
      host: 'fake-host',
      threads: 1,
      ...fake.measured,
    },
    provenance: {
      commit: 'fa4e'.repeat(10),
      dirty: false,
      lockfileSha256: FAKE_HASH,
      versions: { node: 'v0.0.0-fake' },
      os: 'fake-os',
      processor: 'fake-processor',
      device: { name: 'cpu', version: '0' },
      modelSha256: FAKE_HASH,
      dataSha256: FAKE_HASH,
      ...fake.provenance,
    },
  });
}
