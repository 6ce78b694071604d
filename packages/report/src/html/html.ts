/**
 * HTML by template: markup`<td>${value}</td>` escapes every value that is not itself Html, so that a task's name or a
 * note, which anybody may have written, is always text. Values stand between tags or in quoted attributes only.
 */

/** Text that is HTML already. Only this file makes it. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Value = string | number | Html | readonly Value[];

/** Escapes what is not Html; the items of a list stand on lines of their own. */
export function markup(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.map((part, i) => part + (i < values.length ? render(values[i]!) : '')).join(''));
}

/** Trusted text as it is: our own style sheet, or what another program rendered. */
export function raw(text: string): Html {
  return new Html(text);
}

export const NO_HTML = new Html('');

/** The value as JSON that may stand in a <script type="application/json">: no character of it can end the element. */
export function json(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll('<', String.raw`\u003c`));
}

/** JavaScript that may stand in a <script>: what would end the element can only be inside its strings. */
export function javaScript(text: string): Html {
  return new Html(text.replaceAll(/<\/(?=script)/gi, String.raw`<\/`).replaceAll('<!--', String.raw`<\!--`));
}

function render(value: Value): string {
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(render).join('\n');
  return escape(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup escaped; control characters, which HTML forbids or drops, shown as U+FFFD. */
function escape(text: string): string {
  return text.replaceAll(/[^\P{Cc}\t\n]/gu, '\ufffd').replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}
