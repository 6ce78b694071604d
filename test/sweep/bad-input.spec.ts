/**
 * What a user can get wrong, through the command line: one clear message each, exit code 2 for usage and 1 for
 * failures, never a stack trace. Needs the build (`npm test` makes it first).
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rows, writeBadInput } from './bad-files.ts';
import { lomap, type Ended } from './lomap.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-bad-input-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]): string => join(folder, ...names);

beforeAll(() => writeBadInput(folder));

interface Bad {
  readonly what: string;
  /** Flags that replace those of a sweep that works. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Or the whole command line. */
  readonly line?: readonly string[];
  readonly code: 1 | 2;
  readonly message: RegExp;
}

const unwritable = /\/proc\/lomap \((ENOENT|EACCES)\)\./;
const cases: Bad[] = [
  // The model.
  { what: 'no --model', flags: { model: '' }, code: 2, message: /--model/ },
  {
    what: 'a model folder that is not there',
    flags: { model: at('nowhere') },
    code: 2,
    message: /--model .*nowhere: there is no such folder/,
  },
  {
    what: 'a model that is a file',
    flags: { model: at('a-file') },
    code: 2,
    message: /--model .*a-file: this is a file, not a folder/,
  },
  {
    what: 'a model without weights',
    flags: { model: at('no-weights') },
    code: 1,
    message: /no-weights\/model\.safetensors does not exist\. A checkpoint is a folder/,
  },
  {
    what: 'truncated weights',
    flags: { model: at('truncated') },
    code: 1,
    message: /truncated\/model\.safetensors: tensor .* truncated or damaged: fetch it again/,
  },
  {
    what: 'a tensor of another shape',
    flags: { model: at('wrong-shape') },
    code: 1,
    message: /wrong-shape\/model\.safetensors .*\n.*query\.weight has shape \[8, 32\], expected shape \[16, 16\]/,
  },
  {
    what: 'a model without a tokenizer',
    flags: { model: at('no-tokenizer') },
    code: 1,
    message: /no-tokenizer\/tokenizer\.json cannot be read: there is no such file/,
  },
  {
    what: 'a model of another type',
    flags: { model: at('bad-config') },
    code: 1,
    message: /bad-config\/config\.json has model_type "mamba", which is not supported/,
  },
  {
    what: 'a weight that is NaN',
    flags: { model: at('nan') },
    code: 1,
    message:
      /nan\/model\.safetensors holds values that are not finite:\n.*query\.weight of shape \[16, 16\]: NaN at \[1, 4\]/,
  },
  {
    what: 'a key twice in config.json',
    flags: { model: at('doubled-key') },
    code: 1,
    message: /doubled-key\/config\.json: the key hidden_size occurs twice, both times on line 1/,
  },
  {
    what: 'a tokenizer without special tokens',
    flags: { model: at('no-specials') },
    code: 1,
    message:
      /no-specials\/tokenizer\.json and .*tokenizer_config\.json contradict each other: the first has no post_processor/,
  },
  {
    what: 'a token beyond the embedding in one dev row',
    flags: { model: at('added-token'), data: at('one-row') },
    code: 1,
    message: new RegExp(`one-row/RTE/dev\\.tsv, line 4: the token "<ent>" has the id ${rows} .* has ${rows} rows`),
  },
  // The data.
  {
    what: 'a data folder that is not there',
    flags: { data: at('nowhere') },
    code: 2,
    message: /--data .*nowhere: there is no such folder/,
  },
  {
    what: 'a data folder without the task',
    flags: { data: at('model') },
    code: 1,
    message: /Cannot read .*RTE\/train\.tsv: there is no such file, and there is no .*RTE is read from/,
  },
  { what: 'an empty TSV file', flags: { data: at('no-rows') }, code: 1, message: /no-rows\/RTE\/train\.tsv is empty/ },
  {
    what: 'a TSV file without rows',
    flags: { data: at('header-only') },
    code: 1,
    message: /header-only\/RTE\/train\.tsv has no examples/,
  },
  {
    what: 'a label outside the task',
    flags: { data: at('bad-label') },
    code: 1,
    message: /bad-label\/RTE\/train\.tsv, line 5: expected one of entailment, not_entailment .* found "perhaps"/,
  },
  {
    what: 'a row with too few columns',
    flags: { data: at('torn-row') },
    code: 1,
    message: /torn-row\/RTE\/train\.tsv, line 7: expected 4 tab-separated columns .* found 2/,
  },
  // The sweep file.
  {
    what: 'a sweep file that is not there',
    flags: { config: at('nowhere.json') },
    code: 2,
    message: /no sweep file .*nowhere\.json\.\nName one with --config/,
  },
  {
    what: 'an empty sweep file',
    flags: { config: at('empty.json') },
    code: 2,
    message: /empty\.json has one error:\n.*it is empty, expected a JSON object/,
  },
  {
    what: 'a sweep file that is not JSON',
    flags: { config: at('not-json.json') },
    code: 2,
    message: /not-json\.json has one error:\n.*not JSON/,
  },
  {
    what: 'an unknown key in the sweep file',
    flags: { config: at('unknown-key.json') },
    code: 2,
    message: /base\.training\.batchsize: unknown key\. Did you mean "batchSize"\?/,
  },
  {
    what: 'a key twice in the sweep file',
    flags: { config: at('twice.json') },
    code: 2,
    message: /twice\.json has one error:\n.*the key seeds occurs twice, on line 1 and on line 2/,
  },
  // Flags.
  {
    what: 'an unknown task',
    flags: { tasks: 'rte,mprc' },
    code: 2,
    message: /--tasks: there is no task "mprc"\. Did you mean "mrpc"\?/,
  },
  {
    what: 'an unknown method',
    flags: { methods: 'lomapp' },
    code: 2,
    message: /--methods: there is no method "lomapp"\. Did you mean "lomap"\?/,
  },
  { what: 'no seeds', flags: { seeds: '0' }, code: 2, message: /--seeds 0: expected a count from 1 to 1000/ },
  {
    what: 'seeds that are no numbers',
    flags: { seeds: 'many' },
    code: 2,
    message: /--seeds "many": expected a count or a list/,
  },
  { what: 'no jobs', flags: { jobs: '0' }, code: 2, message: /--jobs 0: expected a whole number of at least 1/ },
  {
    what: 'jobs that are no number',
    flags: { jobs: 'two' },
    code: 2,
    message: /--jobs: expected a whole number of at least 1/,
  },
  {
    what: 'no steps',
    flags: { 'max-steps': '0' },
    code: 2,
    message: /--max-steps 0: expected a whole number of at least 1/,
  },
  {
    what: 'an unknown flag',
    flags: { task: 'rte' },
    code: 2,
    message: /Unknown argument: task\. Did you mean "tasks"\?/,
  },
  {
    what: 'an unknown command',
    line: ['sweeep'],
    code: 2,
    message: /There is no command "sweeep"\. Did you mean "sweep"\?/,
  },
  { what: 'no command', line: [], code: 2, message: /Which command\?\nSee lomap --help/ },
  { what: 'show without a trial', line: ['show'], code: 2, message: /Not enough non-option arguments/ },
  {
    what: 'show of an unknown trial',
    line: ['show', 'nothing', '--config', at('good.json'), '--out', at('glue')],
    code: 2,
    message: /No trial's id or folder begins with "nothing"/,
  },
  {
    what: 'a report of nothing',
    line: ['report', '--results', at('glue')],
    code: 1,
    message: /glue: no finished trial here .* Run a sweep first/,
  },
  {
    what: 'a report of no folder',
    line: ['report', '--results', at('nowhere')],
    code: 1,
    message: /nowhere: cannot be listed\. Run a sweep first/,
  },
  {
    what: 'worker by hand',
    line: ['worker'],
    code: 2,
    message: /`lomap worker` is started by `lomap sweep`, not by hand/,
  },
  // Where results go.
  {
    what: '--out that is a file',
    flags: { out: at('a-file') },
    code: 2,
    message: /--out .*a-file: this is a file, not a folder/,
  },
  {
    what: '--out below a file',
    flags: { out: at('a-file', 'below') },
    code: 2,
    message: /--out .*below: .*a-file is a file, not a folder/,
  },
  {
    what: '--out where nobody can write',
    flags: { out: '/proc/lomap' },
    code: 1,
    message: unwritable,
  },
  ...[
    ['export', '--adapter', at('adapter'), '--base', at('model'), '--format', 'peft', '--out', '/proc/lomap/x'],
    ['report', '--results', at('glue'), '--out', '/proc/lomap/x'],
  ].map((line): Bad => ({ what: `${line[0]} --out where nobody can write`, line, code: 1, message: unwritable })),
  // The device.
  {
    what: 'an unknown device',
    flags: { device: 'gpu' },
    code: 2,
    message: /--device: there is no device "gpu"\. Did you mean "cpu"\?/,
  },
  {
    what: 'a device whose package is not installed',
    flags: { device: 'tfjs-node-gpu' },
    code: 1,
    message: /needs the package @tensorflow\/tfjs-node-gpu, .* Or use --device cpu/,
  },
  {
    what: 'a device whose provider is not there',
    flags: { device: 'cuda' },
    code: 1,
    message: /The device cuda needs .* is missing\. Or use --device cpu/,
  },
];

/** The command line of a case. An empty value leaves the flag out. */
function commandLine({ flags, line, what }: Bad): readonly string[] {
  if (line) return line;
  const out = at('out', nameOf(what));
  const good = { config: at('good.json'), model: at('model'), data: at('glue'), out, jobs: '1', threads: '1' };
  const given = Object.entries({ ...good, ...flags }).filter(([, value]) => value !== '');
  return ['sweep', ...given.flatMap(([flag, value]) => [`--${flag}`, value])];
}

function nameOf(what: string): string {
  return what.replaceAll(' ', '-');
}

/** The commands run beforehand, two at a time: most of a case is waiting for Node to start. */
const endings = new Map<Bad, Ended>();
beforeAll(async () => {
  const waiting = [...cases];
  const lane = async (): Promise<void> => {
    for (let bad = waiting.shift(); bad; bad = waiting.shift()) endings.set(bad, await lomap(commandLine(bad)));
  };
  await Promise.all([lane(), lane()]);
}, 300_000);

describe('bad input', () => {
  test.each(cases)('$what: exit code $code', (bad) => {
    const { code, stdout, stderr } = endings.get(bad)!;
    expect(stderr).toMatch(bad.message);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect({ code, stdout }).toEqual({ code: bad.code, stdout: '' });
  });

  test('a command that is refused makes no folder', () => {
    const ran = cases.filter((bad) => /^\S+ started /m.test(endings.get(bad)!.stderr));
    expect(readdirSync(at('out')).sort()).toEqual(ran.map(({ what }) => nameOf(what)).sort());
  });
});
