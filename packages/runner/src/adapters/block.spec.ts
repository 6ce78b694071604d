import { expect, test } from '@jest/globals';
import { methodDefaults } from '@lomap/peft';
import { parseBlock } from './block.ts';

const base = { name: 'fake', type: 'bert', sha256: '0'.repeat(64) };
const block = (more: object): object => ({
  lomap: { version: 1, base, method: { ...methodDefaults('lora'), ...more } },
});
const parsed = (more: object) => () => parseBlock({ ...block(more) }, 'adapter_config.json');

test('takes the settings of its method', () => {
  expect(parsed({ useRslora: true })()?.method).toEqual({ ...methodDefaults('lora'), useRslora: true });
});

test('refuses a setting that nobody documents and its method has not', () => {
  expect(parsed({ gateStart: 1 })).toThrow('lomap.method: Unrecognized key: "gateStart"');
  expect(parsed({ gateStart: {} })).toThrow('lomap.method.gateStart: ');
});
