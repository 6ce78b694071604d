import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { aboutMethod, methodDefaults, methodNames, optionalSettings } from '@lomap/peft';
import { compareMethods, methodTitle } from '@lomap/report';
import { settingsList } from '../config/settings-list.ts';
import { registry } from '../packages.ts';
import { workspaceRoot } from '../workspace.ts';
import { methodsCommand, settingsCommand, tasksCommand } from './catalogue.ts';
import { settingsPage } from './settings-text.ts';

const all = settingsList(registry());

describe('titles in print', () => {
  test('are those of the registry, for couplings too', () => {
    expect(methodNames().map(methodTitle)).toEqual(methodNames().map((name) => aboutMethod(name).title));
    expect(methodTitle('bora+vera')).toBe('BoRA + VeRA');
  });

  test('have its order, LoMAP last', () => {
    const alone = methodNames().filter((name) => !name.includes('+'));
    expect([...alone].reverse().sort(compareMethods)).toEqual(alone);
  });
});

describe('settings', () => {
  test('every key has a type, a meaning and a source, and is there once', () => {
    for (const { key, type, meaning, source } of all) {
      expect([key, type]).toEqual([key, expect.not.stringMatching(/^(anything|object Object)?$/)]);
      expect([key, meaning]).toEqual([key, expect.stringMatching(/^.*\S.*\.$/)]);
      expect([key, source]).toEqual([key, expect.stringMatching(/\S/)]);
    }
    expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
    for (const key of ['search.task', 'training.batchSize', 'method.map.betaStart', 'selection.epoch', 'engine.device'])
      expect(all.map((setting) => setting.key)).toContain(key);
  });

  test('docs/settings.md is what the schemas say (npx lomap settings --format markdown > docs/settings.md)', () => {
    expect(readFileSync(join(workspaceRoot, 'docs', 'settings.md'), 'utf8')).toBe(settingsPage(all));
  });

  test('one is found by its key or the end of it, a block by its name', () => {
    for (const name of ['method.map.betaStart', 'map.betaStart', 'betaStart', 'base.method.map.betaStart']) {
      expect(settingsCommand({ name, format: 'table' })).toBe(
        [
          'method.map.betaStart',
          'type      {"absolute": x} or {"share": x}',
          'default   {"absolute":1}',
          'meaning   β₀, the Frobenius norm of the normalised update at the start: a number, or a share of ‖W‖_F.',
          'source    MAP, arXiv 2505.23094',
        ].join('\n'),
      );
    }
    const keys = JSON.parse(settingsCommand({ name: 'selection', format: 'json' })) as { key: string }[];
    expect(keys.map(({ key }) => key)).toEqual(
      ['fraction', 'maximum', 'seed', 'epoch'].map((key) => `selection.${key}`),
    );
    expect(() => settingsCommand({ name: 'rnk', format: 'table' })).toThrow(
      'There is no setting "rnk". Did you mean "rank"?',
    );
  });
});

describe('methods', () => {
  const page = (path: string): string => readFileSync(join(workspaceRoot, path), 'utf8');
  const arxiv = (text: string): string[] => text.match(/arXiv \d{4}\.\d{5}/g) ?? [];

  test.each(methodNames())('%s is described, and its page names the same source', (name) => {
    const about = aboutMethod(name);
    expect(existsSync(join(workspaceRoot, about.page))).toBe(true);
    const [own] = arxiv(about.source);
    if (own !== undefined) expect(arxiv(page(about.page))).toContain(own);
    for (const coupled of about.couples) expect(methodNames()).toContain(coupled);
    expect(methodsCommand({ format: 'table' })).toContain(`\n${name} `);
  });

  test.each(methodNames())('%s has its own settings with their defaults, and no others', (name) => {
    const { settings } = JSON.parse(methodsCommand({ name, format: 'json' })) as {
      settings: { key: string; default: string | null }[];
    };
    const { map, label: _label, name: _name, adapterDropout: _dropout, ...own } = methodDefaults(name);
    const set = Object.entries(own).filter(([, value]) => value !== null);
    const keys = new Set(settings.map(({ key }) => key));
    for (const [key, value] of set)
      expect(settings).toContainEqual(
        expect.objectContaining({ key: `method.${key}`, default: JSON.stringify(value) }),
      );
    expect(keys.has('method.map.start')).toBe(map !== null);
    expect(keys.has('method.adapterDropout')).toBe(own.rank !== null);
    for (const key of optionalSettings(name)) expect(keys).toContain(`method.${key}`);
  });

  test('LoRA’s update couples with DoRA’s, BoRA’s and MAP’s magnitudes; a coupling with nothing', () => {
    expect(aboutMethod('lora').couples).toEqual(['dora', 'bora', 'lomap']);
    expect(aboutMethod('delora').couples).toEqual(['dora+delora', 'bora+delora', 'map+delora']);
    expect(aboutMethod('map+delora').couples).toEqual([]);
    expect(() => methodsCommand({ name: 'lorra', format: 'table' })).toThrow(
      'There is no method "lorra". Did you mean "lora"?',
    );
  });
});

describe('tasks', () => {
  test('have metrics, splits, rows and labels', async () => {
    const table = await tasksCommand({ format: 'table' });
    expect(table).toMatch(/^rte +RTE +\*accuracy +train 2490, dev 277 +entailment, not_entailment$/m);
    expect(table).toMatch(/^stsb +STS-B .*\*pearson_spearman.* a number$/m);
    expect(JSON.parse(await tasksCommand({ name: 'SST-2', format: 'json' }))).toMatchObject({
      ...{ name: 'sst2', splits: ['train', 'dev'], rows: { train: 67349, dev: 872 }, labels: ['negative', 'positive'] },
    });
  });

  test('rows of other data are counted, and a split that is not there has none', async () => {
    const data = mkdtempSync(join(tmpdir(), 'lomap-catalogue-'));
    mkdirSync(join(data, 'RTE'));
    writeFileSync(
      join(data, 'RTE', 'train.tsv'),
      'index\tsentence1\tsentence2\tlabel\n0\tOne.\tTwo.\tentailment\n1\tThree.\tFour.\tnot_entailment\n',
    );
    const { rows } = JSON.parse(await tasksCommand({ name: 'rte', data, format: 'json' })) as { rows: object };
    expect(rows).toEqual({ train: 2, dev: null });
    await expect(tasksCommand({ name: 'rtee', format: 'table' })).rejects.toThrow('Did you mean "rte"?');
  });
});
