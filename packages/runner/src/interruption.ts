import { exitCodes } from './errors.ts';

/**
 * SIGINT and SIGTERM abort the signal, so that a run stops at its next step; a second one ends the process at once.
 *
 * @param beforeExit what is ended with it, such as worker processes.
 */
export function stopOnSignals(
  say: (text: string) => void,
  beforeExit: () => void = () => {},
): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      beforeExit();
      process.exit(exitCodes.interrupted);
    }
    say(`${name}: stopping at the next step, with a checkpoint. Once more ends at once.`);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    dispose() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
