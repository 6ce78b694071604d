/** Why a format cannot hold an adapter, and which can. */
import { describe, expect, test } from '@jest/globals';
import { defaultMapSettings } from '@lomap/map';
import { adapt } from '../adapt.ts';
import type { MethodSettings } from '../settings.ts';
import { trained } from '../testing/trained.ts';
import { loraFiles, peftFiles } from './write.ts';

const message = (write: () => unknown): string => {
  try {
    write();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was refused';
};
const map = (changes: object): Partial<MethodSettings> => ({ map: { ...defaultMapSettings, ...changes } });

describe('as a plain LoRA', () => {
  test.each([
    ['ia3', 'IA3'],
    ['loha', 'LOHA'],
    ['lokr', 'LOKR'],
  ])('%s is no LoRA, and PEFT has a type for it', (name, type) => {
    expect(message(() => loraFiles(trained(name)))).toMatch(
      new RegExp(
        `^Method ${name}: .*, so no plain LoRA is equal to it\\. Export it with --format peft, as ${type}, or merged\\.$`,
      ),
    );
    expect(peftFiles(trained(name)).config['peft_type']).toBe(type);
  });

  test('α frozen is exact with ε clamped, which is said where ε is added', () => {
    const frozen = trained('lomap', map({ alpha: 'frozen', epsilon: 1e-3 }));
    const said = message(() => loraFiles(frozen));
    expect(said).toMatch(/^encoder\.layer\.0\.query: W is multiplied by 0\.999\d+: epsilonMode add divides/);
    expect(said).toContain(
      'Train it with epsilonMode clamp; or export this one with --format peft, as DoRA, or merged.',
    );
    expect(said).not.toContain('Exact are');
    const clamped = trained('lomap', map({ alpha: 'frozen', epsilon: 1e-3, epsilonMode: 'clamp' }));
    expect(loraFiles(clamped).config['use_dora']).toBe(false);
  });

  test('a learned α needs another format', () => {
    const said = message(() => loraFiles(trained('lomap')));
    expect(said).toContain('Exact are methods that only add to W, and MAP with α frozen and epsilonMode clamp.');
    expect(said).toMatch(/Export it with --format peft, as DoRA, or merged\.$/);
  });

  test('DoRA is no remedy where a row of W has factor 0', () => {
    const adapter = trained('lomap', map({ epsilonMode: 'clamp' }));
    adapt(adapter.model, adapter.settings).specs.forEach(({ name }, i) => {
      if (name.endsWith('map_alpha')) adapter.params[i] = adapter.params[i]!.map(() => 0);
    });
    const said = message(() => loraFiles(adapter));
    expect(said).toMatch(/Export it with --format merged\.$/);
    expect(said).not.toContain('--format peft');
  });
});

test('what PEFT has not at all says so in both formats', () => {
  for (const write of [loraFiles, peftFiles]) {
    expect(message(() => write(trained('map+loha')))).toBe(
      'Method map+loha: its update loha is no product of two factors, so HF PEFT has no such adapter. Export it with --format merged.',
    );
  }
});
