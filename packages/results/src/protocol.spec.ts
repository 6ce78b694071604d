import { describe, expect, test } from '@jest/globals';
import { differenceText, protocolDifferences } from './protocol-differences.ts';
import { differingKeys, PROTOCOL_KEYS, protocolOf } from './protocol.ts';
import { settingsSchema } from './schema/settings.ts';
import { fakeResult, type FakeResult } from './testing.ts';

const settings = (fake: FakeResult = {}) => fakeResult(fake).trial.settings;

describe('protocolOf', () => {
  test('has every setting of training, selection and engine that changes numbers, but the learning rate', () => {
    expect([...protocolOf(settings()).keys()].sort()).toEqual([...PROTOCOL_KEYS].sort());
    const { training, selection, engine } = settingsSchema.shape;
    const shapes = [training, selection, engine].map(({ shape }) => Object.keys(shape).length);
    expect(PROTOCOL_KEYS).toHaveLength(
      shapes.reduce((sum, count) => sum + count, 0) - 2 + ['model', 'data', 'forgetting.previous', 'plugins'].length,
    );
  });

  test('has the plugins by content: a row made with another is no comparison of methods', () => {
    const plugins = ['ab'.repeat(32)];
    expect(differingKeys(settings(), { ...settings(), plugins })).toEqual(['plugins']);
    expect(differingKeys({ ...settings(), plugins }, { ...settings(), plugins: [...plugins] })).toEqual([]);
    expect(protocolOf(settings()).get('plugins')?.text).toBe('none');
    expect(protocolOf({ ...settings(), plugins }).get('plugins')?.text).toBe('sha256 abababababab');
  });

  test.each<[string, FakeResult, string[]]>([
    ['another method at another rate', { label: 'lomap', rank: 2, learningRate: 1 }, []],
    ['another seed', { seed: 9 }, []],
    ['names', { model: { ...settings().model, name: 'elsewhere' } }, []],
    ['a default written out', { training: { regressionBias: 'zero' } }, []],
    ['what gives the same bits', { training: { gradientCheckpointing: true } }, []],
    ['the model’s bytes', { model: { ...settings().model, sha256: 'b'.repeat(64) } }, ['model']],
    [
      'epochs and rows',
      { training: { epochs: 4, maxTrainSamples: 320 } },
      ['training.epochs', 'training.maxTrainSamples'],
    ],
    ['a start that is no default', { training: { regressionBias: 'label-mean' } }, ['training.regressionBias']],
    ['parts of a batch', { training: { gradientAccumulationSteps: 2 } }, ['training.gradientAccumulationSteps']],
    ['AdamW’s β', { training: { betas: [0.9, 0.99] } }, ['training.betas']],
    ['selection', { selection: { epoch: 'last' } }, ['selection.epoch']],
    ['the engine', { engine: { prepacking: false } }, ['engine.prepacking']],
    ['the head’s rate', { training: { headLearningRate: 1e-3 } }, ['training.headLearningRate']],
    ['the head’s rate of a head alone', { label: 'head', training: { headLearningRate: 1e-3 } }, []],
  ])('%s', (_, fake, keys) => {
    expect(differingKeys(settings(), settings(fake))).toEqual(keys);
    expect(differingKeys(settings(fake), settings())).toEqual(keys);
  });

  test('the task learned before is a part, what is measured beside it is none', () => {
    const previous = { task: 'sst2', dataSha256: 'a', learningRate: 1e-3, epochs: 1, maxTrainSamples: null };
    const [plain, maskedLm, both] = [undefined, null, previous].map((task) => ({
      ...settings(),
      ...(task !== undefined && { forgetting: { maskedLm: { corpus: 'fake', texts: 5 }, previous: task } }),
    }));
    expect(differingKeys(plain!, maskedLm!)).toEqual([]);
    expect(differingKeys(plain!, both!)).toEqual(['forgetting.previous']);
  });
});

describe('protocolDifferences', () => {
  const row = (title: string, ...trials: FakeResult[]) => ({ title, trials: trials.map(settings) });
  const texts = (...rows: ReturnType<typeof row>[]) => protocolDifferences(rows).map((each) => differenceText(each));

  test('names rows by value, in words', () => {
    const rows = [
      row('LoRA', {}),
      row('LoMAP', {}),
      row('DoRA', { training: { maxTrainSamples: 320, dropout: null } }),
    ];
    expect(texts(...rows)).toEqual([
      'training.dropout: 0.1 in LoRA, LoMAP; the checkpoint’s rates in DoRA',
      'training.maxTrainSamples: all rows in LoRA, LoMAP; 320 in DoRA',
    ]);
  });

  test('is task by task: what all rows have on a task is no difference', () => {
    const cell = (task: string, epochs: number): FakeResult => ({ task, training: { epochs } });
    const lora = row('LoRA', cell('rte', 1), cell('cola', 2));
    expect(texts(lora, row('DoRA', cell('rte', 1), cell('cola', 2)))).toEqual([]);
    expect(texts(lora, row('DoRA', cell('rte', 3), cell('cola', 2)))).toEqual([
      'training.epochs on rte: 1 in LoRA; 3 in DoRA',
    ]);
  });

  test('seeds of one row under several protocols are named too', () => {
    const mixed = row('DoRA', { seed: 1 }, { seed: 2, training: { epochs: 9 } });
    expect(texts(row('LoRA', {}), mixed)).toEqual(['training.epochs: 3 in LoRA, DoRA; 9 in DoRA']);
  });

  test('many rows of one value are the other rows', () => {
    const many = Array.from({ length: 7 }, (_, i) => row(`r${i}`, {}));
    expect(texts(...many, row('DoRA', { training: { epochs: 9 } }))).toEqual([
      'training.epochs: 9 in DoRA; 3 in the other rows',
    ]);
  });
});
