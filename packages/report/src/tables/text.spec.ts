import { expect, test } from '@jest/globals';
import { left, right, type Table } from './table.ts';
import { text } from './text.ts';

const table: Table = {
  title: 'a sweep',
  sections: [
    {
      caption: 'Scores',
      columns: [left('Method'), right('RTE')],
      rows: [
        ['LoRA', '60.1'],
        ['LoMAP †', '9.3'],
      ],
    },
    { caption: 'More', columns: [left('x')], rows: [] },
  ],
  records: { columns: [], rows: [] },
  findings: ['Nothing is shown.'],
  notes: ['A note.'],
};

test('is the first grid, aligned, and the findings', () => {
  expect(text(table)).toBe(
    ['Scores', '', 'Method    RTE', '-------------', 'LoRA     60.1', 'LoMAP †   9.3', '', '- Nothing is shown.'].join(
      '\n',
    ),
  );
});

test('a table without grids or findings is empty', () => {
  expect(text({ ...table, sections: [], findings: [] })).toBe('');
});
