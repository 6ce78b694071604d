/** Tells what is running, on stderr: one line that is overwritten on a terminal. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
  else console.error(text);
}
