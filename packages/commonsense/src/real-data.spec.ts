/** The real files, in the folder COMMONSENSE_DIR names, or ../shared/commonsense beside the repository. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { inCi, needs } from '../../../test/needs/needs.ts';
import { seenInTraining } from './leaks.ts';
import { loadSplit, splitFile } from './load.ts';
import { lesson, protocolNames } from './protocols/protocol.ts';
import { task, type SplitName } from './tasks.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const folder = resolve(repository, process.env['COMMONSENSE_DIR'] ?? '../shared/commonsense');

const onRealData = needs(existsSync(folder) ? null : 'no folder of LLM-Adapters; set COMMONSENSE_DIR', inCi);

onRealData.describe('the files of LLM-Adapters', () => {
  // Rows, and how often each label is the answer, counted by another program.
  test.each([
    ['boolq', 'train', 9427, [5874, 3553]],
    ['boolq', 'test', 3270, [2033, 1237]],
    ['piqa', 'test', 1838, [910, 928]],
    ['siqa', 'test', 1954, [643, 654, 657]],
    ['winogrande', 'test', 1267, [628, 639]],
    ['arc_e', 'train', 2251, [548, 588, 578, 535, 2]],
    ['arc_e', 'test', 2376, [596, 585, 633, 561, 1]],
    ['arc_c', 'train', 1119, [239, 296, 291, 293]],
    ['arc_c', 'test', 1172, [266, 311, 310, 285]],
    ['obqa', 'train', 4957, [1378, 1212, 1146, 1221]],
    ['obqa', 'test', 500, [138, 126, 132, 104]],
  ] as [string, SplitName, number, number[]][])('%s %s', async (name, split, rows, answers) => {
    const questions = await loadSplit(task(name), folder, split);
    expect(questions).toHaveLength(rows);
    expect(answers.map((_, at) => questions.filter(({ answer }) => answer === at).length)).toEqual(answers);
    // Every row can be learned, under every protocol.
    const empty = protocolNames.flatMap((protocol) =>
      questions.filter((question) => lesson(protocol, task(name), question).continuation.trim() === ''),
    );
    expect(empty).toEqual([]);
  });

  // Questions of the test with the text of one of the task's own train file, lower case, choices ignored.
  test.each([
    ['boolq', 0],
    ['arc_e', 7],
    ['arc_c', 7],
    ['obqa', 23],
  ])('%s: %d questions of the test are in its train file', async (name, count) => {
    const [test, training] = [
      await loadSplit(task(name), folder, 'test'),
      await loadSplit(task(name), folder, 'train'),
    ];
    expect(seenInTraining(test, training).size).toBe(count);
  });
});

const hellaswag = existsSync(join(folder, splitFile(task('hellaswag'), 'test')));
needs(hellaswag ? null : 'no hellaswag/test.json in the folder of LLM-Adapters').test('HellaSwag', async () => {
  expect(await loadSplit(task('hellaswag'), folder, 'test')).toHaveLength(10_042);
});
