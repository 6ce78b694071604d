/** Bars at the bottom of a terminal, and lines of text that scroll away above them. */
import { clearScreenDown } from 'node:readline';
import { MultiBar, Presets, type SingleBar } from 'cli-progress';

export type Bar = Pick<SingleBar, 'update' | 'setTotal'>;

export interface LiveBars {
  /** A new bar below the others; null where the terminal has no line left for one. `format` names what `values` has. */
  add(total: number, value: number, values: Readonly<Record<string, string>>): Bar | null;
  remove(bar: Bar): void;
  /** Writes a line above the bars, whole and at once: a process that is killed next has said it. */
  log(text: string): void;
  /** Takes the bars away; what is logged from then on is written as it is. */
  end(): void;
}

/** Lines below the bars: cli-progress ends what it has drawn with one when a bar is removed. */
const SPARE_LINES = 2;

export function liveBars(stream: NodeJS.WriteStream, format: string): LiveBars {
  const bars = new MultiBar(
    // A bar is cut at the terminal's width. The terminal is not told to cut lines, since logged ones are to be whole.
    { stream, format, hideCursor: true, linewrap: true, clearOnComplete: true, forceRedraw: true, barsize: 20 },
    Presets.shades_classic,
  );
  const drawn = new Set<Bar>();
  let logging = false;
  // What was drawn may be longer than the line that takes its place.
  bars.on('redraw-pre', () => {
    if (logging) clearScreenDown(stream);
  });
  const showCursor = (): void => void stream.write('\u001b[?25h');
  return {
    add(total, value, values) {
      if (drawn.size >= stream.rows - SPARE_LINES) return null;
      if (!bars.isActive) process.once('exit', showCursor);
      const bar = bars.create(total, value, { ...values });
      drawn.add(bar);
      return bar;
    },
    remove(bar) {
      drawn.delete(bar);
      bars.remove(bar as SingleBar);
    },
    log(text) {
      if (!bars.isActive) {
        stream.write(`${text}\n`);
        return;
      }
      bars.log(`${text}\n`);
      logging = true;
      bars.update();
      logging = false;
    },
    end() {
      if (bars.isActive) bars.stop();
      process.off('exit', showCursor);
    },
  };
}
