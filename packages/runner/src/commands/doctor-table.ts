/** The diagnoses of `lomap doctor` as text. */
import { textTable } from '../progress/table.ts';

/** What doctor-probe.ts runs. */
const PROBE = 'LoMAP on a BERT of two layers, 64 wide, 8 examples of up to 24 tokens, dropout 0.1';

/** What became of one device: measured where it ran, a reason where it does not work. */
export interface Diagnosis {
  readonly device: string;
  readonly works: boolean;
  /** Why it does not work. */
  readonly reason?: string;
  /** What the device needs, where it does not work. */
  readonly needs?: string;
  readonly engine?: string;
  /** How many operators of a step each of ONNX Runtime's providers ran. */
  readonly placement?: Readonly<Record<string, number>>;
  readonly startSeconds?: number;
  readonly msPerStep?: number;
  /** Loss of each step. */
  readonly losses?: readonly number[];
  /** Largest relative difference to cpu: of a loss, and of the parameters after the last step. */
  readonly difference?: { readonly loss: number; readonly parameters: number } | null;
}

/** A table of all devices, then a line on each that does not work. */
export function doctorTable(diagnoses: readonly Diagnosis[], steps: number, threads: number): string {
  const rows = diagnoses.map(({ device, works, msPerStep, startSeconds, engine, placement, difference }) => [
    device,
    works ? 'yes' : 'no',
    msPerStep === undefined ? '' : msPerStep < 999.5 ? msPerStep.toPrecision(3) : msPerStep.toFixed(0),
    startSeconds === undefined ? '' : startSeconds.toFixed(1),
    device === 'cpu' || !difference
      ? ''
      : `${difference.loss.toExponential(0)}, ${difference.parameters.toExponential(0)}`,
    engine === undefined ? '' : `${engine}${share(placement ?? {})}`,
  ]);
  const missing = diagnoses.flatMap(({ device, works, reason = '', needs = '' }) =>
    works
      ? []
      : ['', `${device}: ${reason}`, ...(reason.includes(needs) ? [] : [`  It needs ${needs} (docs/devices.md).`])],
  );
  return [
    `${steps} training steps, ${threads} ${threads === 1 ? 'thread' : 'threads'}: ${PROBE}.`,
    '',
    textTable(['device', 'works', 'ms/step', 'start s', 'loss, weights against cpu', 'computed by'], rows),
    ...missing,
  ].join('\n');
}

/** ` (812 of 830 operators)`: those of the provider with the most. */
function share(placement: Readonly<Record<string, number>>): string {
  const counts = Object.values(placement);
  const all = counts.reduce((sum, each) => sum + each, 0);
  return all === 0 ? '' : ` (${Math.max(...counts)} of ${all} operators)`;
}
