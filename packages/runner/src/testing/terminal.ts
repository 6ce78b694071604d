/** A terminal without a screen: the stream that a program writes to, and the lines that a person can scroll through. */
import { Writable } from 'node:stream';
import xterm from '@xterm/headless';

export interface FakeTerminal {
  readonly stream: NodeJS.WriteStream;
  /** Lines of scrollback and screen, each as the program wrote it: one that the terminal wrapped is one line. */
  lines(): Promise<string[]>;
}

/** A terminal of `columns` × `rows` characters. */
export function fakeTerminal(columns: number, rows: number): FakeTerminal {
  const terminal = new xterm.Terminal({
    cols: columns,
    rows,
    scrollback: 1e4,
    allowProposedApi: true,
    convertEol: true,
  });
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      terminal.write(chunk);
      done();
    },
  });
  return {
    stream: Object.assign(stream, { isTTY: true, columns, rows }) as unknown as NodeJS.WriteStream,
    async lines() {
      await new Promise<void>((resolve) => terminal.write('', resolve));
      const { active } = terminal.buffer;
      const lines: string[] = [];
      for (let row = 0; row < active.length; row++) {
        const { isWrapped } = active.getLine(row)!;
        const text = active.getLine(row)!.translateToString(!active.getLine(row + 1)?.isWrapped);
        if (isWrapped) lines.push(`${lines.pop()!}${text}`);
        else lines.push(text);
      }
      while (lines.at(-1) === '') lines.pop();
      return lines;
    },
  };
}
