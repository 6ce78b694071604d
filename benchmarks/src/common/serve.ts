import { createInterface } from 'node:readline';

/**
 * The child's side of `startChild`: answers each JSON line of stdin with one of stdout, one at a time, until stdin
 * closes. What libraries print goes to stderr.
 */
export async function serve(answer: (request: unknown) => Promise<object>): Promise<void> {
  const write = process.stdout.write.bind(process.stdout);
  console.log = console.error;
  console.info = console.error;
  for await (const line of createInterface({ input: process.stdin })) {
    const message = await answer(JSON.parse(line)).catch((error: unknown) => ({
      type: 'error',
      message: error instanceof Error ? error.message : String(error),
    }));
    write(`${JSON.stringify(message)}\n`);
  }
}
