import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { javaScript, json, markup } from './html.ts';

describe('markup', () => {
  test('escapes every value between tags and in attributes', () => {
    const nasty = `<img src=x onerror="alert('1')"> & </p>`;
    expect(markup`<p title="${nasty}">${nasty}</p>`.text).toBe(
      '<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; &lt;/p&gt;">' +
        '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; &lt;/p&gt;</p>',
    );
    expect(markup`${'a\0b\x1bc\td'}`.text).toBe('a\ufffdb\ufffdc\td');
  });

  test('takes HTML as it is, numbers, and lists by lines', () => {
    expect(markup`<ul>${[1, '<', markup`<li>x</li>`]}</ul>`.text).toBe('<ul>1\n&lt;\n<li>x</li></ul>');
  });
});

test('JSON in a script element cannot end it, and reads as it was', () => {
  const value = { note: '</script><!-- <script>', list: [1, null] };
  const { text } = json(value);
  expect(text).not.toContain('<');
  expect(JSON.parse(text)).toEqual(value);
});

test('JavaScript in a script element cannot end it, and means the same', () => {
  const { text } = javaScript(`const a = '</SCRIPT><!--';`);
  expect(text).not.toMatch(/<\/script|<!--/i);
  expect(runInNewContext(`${text} a`)).toBe('</SCRIPT><!--');
});
