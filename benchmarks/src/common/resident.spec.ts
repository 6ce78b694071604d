import { expect, test } from '@jest/globals';
import { parseStatus } from './resident.ts';

test('reads what is its own and what is mapped', () => {
  const text = 'Name:\tnode\nVmHWM:\t  900 kB\nRssAnon:\t     128 kB\nRssFile:\t   13500000 kB\n';
  expect(parseStatus(text)).toEqual({ own: 128 * 1024, mapped: 13_500_000 * 1024 });
  expect(parseStatus('Name:\tnode\n')).toEqual({ own: 0, mapped: 0 });
});
