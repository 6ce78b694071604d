/**
 * The journal of a sweep: one JSON object a line, appended and synced, never rewritten. A process killed in the middle
 * of a write leaves a torn last line, which readers skip and the next writer cuts off.
 */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { parseJson } from '@lomap/files';
import { z } from 'zod';
import { FailureError, systemCode } from '../errors.ts';

const time = z.string();

export const journalEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('started'), time, pid: z.number().int(), host: z.string(), command: z.string() }),
  z.strictObject({
    type: z.literal('trial'),
    time,
    id: z.string(),
    folder: z.string(),
    state: z.enum(['running', 'complete', 'failed', 'interrupted']),
    /** Where it runs. */
    place: z.strictObject({ kind: z.string(), id: z.string(), host: z.string() }).optional(),
    /** The worker's process, in journals that know no places. */
    pid: z.number().int().optional(),
    attempt: z.number().int(),
    error: z.string().optional(),
    /** The error's class, such as `DivergenceError`. */
    errorName: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('choice'),
    time,
    label: z.string(),
    learningRate: z.number(),
    points: z.array(z.strictObject({ learningRate: z.number(), score: z.number().nullable() })),
  }),
  z.strictObject({ type: z.literal('ended'), time, outcome: z.enum(['complete', 'failed', 'interrupted']) }),
]);

export type JournalEvent = z.infer<typeof journalEventSchema>;
type WithoutTime<T> = T extends unknown ? Omit<T, 'time'> : never;

/** The events of a journal, none when there is no file. Throws a FailureError on a bad line that is not the torn last one. */
export function readJournal(path: string): JournalEvent[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
  const lines = text.split('\n');
  lines.pop(); // After the last newline: nothing, or a torn line.
  return lines.map((line, i) => parseLine(line, path, i + 1));
}

function parseLine(line: string, path: string, number: number): JournalEvent {
  try {
    return journalEventSchema.parse(parseJson(line, path));
  } catch {
    throw new FailureError(
      `${path}:${number} is not an event of a sweep's journal.`,
      'Delete the line, or the whole file: finished trials are kept in the results folder, not here.',
    );
  }
}

export interface Journal {
  append(event: WithoutTime<JournalEvent>): void;
  close(): void;
}

/** Opens a journal for appending, cutting off a torn last line. */
export function openJournal(path: string, now: () => Date = () => new Date()): Journal {
  const file = openSync(path, 'a+');
  cutTornLine(file);
  return {
    append(event) {
      const line = Buffer.from(`${JSON.stringify({ ...event, time: now().toISOString() })}\n`);
      const { size } = fstatSync(file);
      try {
        for (let written = 0; written < line.length;) written += writeSync(file, line, written);
        fsyncSync(file);
      } catch (error) {
        // A full disk: half a line must not be the beginning of the next one.
        ftruncateSync(file, size);
        throw error;
      }
    },
    close: () => closeSync(file),
  };
}

function cutTornLine(file: number): void {
  const { size } = fstatSync(file);
  const byte = Buffer.alloc(1);
  let end = size;
  while (end > 0) {
    readSync(file, byte, 0, 1, end - 1);
    if (byte[0] === 0x0a) break;
    end--;
  }
  if (end < size) ftruncateSync(file, end);
}
