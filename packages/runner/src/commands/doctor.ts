/** `lomap doctor`: trains a little on every device, and says what works, how fast, and what to install for the rest. */
import { DEVICE_NAMES, deviceNeeds, type DeviceName } from '@lomap/compile';
import { parseList } from '../config/flags.ts';
import { didYouMean } from '@lomap/files';
import { UsageError, exitCodes } from '../errors.ts';
import { lomapBin } from '../workspace.ts';
import { runProbe, type ProbeOutcome } from './doctor-child.ts';
import type { DoctorArguments } from './doctor-options.ts';
import type { ProbeRequest } from './doctor-probe.ts';
import { doctorTable, type Diagnosis } from './doctor-table.ts';

/** Runs a probe of one device, for so many seconds at most, and says how it ended. */
export type Prober = (request: ProbeRequest, limitSeconds: number) => Promise<ProbeOutcome>;

const LIMIT_SECONDS = 180;
/** Largest relative difference to cpu over the steps, in loss and in parameters, of a device that computes the same. */
const TOLERANCE = 1e-3;

const inChildProcess: Prober = (request, limit) => runProbe(lomapBin, ['doctor-probe'], request, limit);

/**
 * What to print and the exit code: 0 if all devices that `--device` names work or, without the flag, cpu does; else 1.
 *
 * @throws UsageError on a device that there is not, or a count that is none.
 */
export async function doctorCommand(
  args: DoctorArguments,
  prober: Prober = inChildProcess,
): Promise<{ text: string; code: number }> {
  const devices = chosen(args.device);
  const threads = count('threads', args.threads ?? 1);
  const steps = count('steps', args.steps ?? 10);
  const limit = count('limit', args.limit ?? LIMIT_SECONDS);
  const run = (device: DeviceName): Promise<ProbeOutcome> => prober({ device, threads, steps }, limit);
  // One after another: two at a time would slow each other.
  const reference = await run('cpu');
  const diagnoses: Diagnosis[] = [];
  for (const device of devices) {
    diagnoses.push(diagnose(device, device === 'cpu' ? reference : await run(device), reference));
  }
  const required: readonly DeviceName[] = args.device === undefined ? ['cpu'] : devices;
  const healthy = diagnoses.every(({ device, works }) => works || !required.some((each) => each === device));
  const text = args.json
    ? JSON.stringify({ threads, steps, devices: diagnoses }, null, 2)
    : doctorTable(diagnoses, steps, threads);
  return { text, code: healthy ? exitCodes.ok : exitCodes.failure };
}

function diagnose(device: DeviceName, outcome: ProbeOutcome, reference: ProbeOutcome): Diagnosis {
  const needs = deviceNeeds(device);
  if ('reason' in outcome) return { device, works: false, reason: outcome.reason, needs };
  const { losses, parameters, ...measured } = outcome.result;
  const difference =
    'reason' in reference
      ? null
      : {
          loss: Math.max(...losses.map((loss, i) => relative([loss], [reference.result.losses[i] ?? NaN]))),
          parameters: relative(parameters, reference.result.parameters),
        };
  const found = { device, ...measured, difference, losses };
  if (losses.some((loss) => !Number.isFinite(loss)) || (difference && !(worst(difference) <= TOLERANCE))) {
    const by = difference ? ` (relative difference ${worst(difference).toPrecision(2)})` : '';
    return { ...found, works: false, reason: `It runs, and computes something else than cpu${by}.`, needs };
  }
  return { ...found, works: true };
}

function worst({ loss, parameters }: { loss: number; parameters: number }): number {
  return Number.isNaN(loss + parameters) ? NaN : Math.max(loss, parameters);
}

/** ‖x - y‖ / ‖y‖; NaN for vectors of two lengths. */
function relative(x: readonly number[], y: readonly number[]): number {
  if (x.length !== y.length) return NaN;
  return Math.hypot(...x.map((value, i) => value - y[i]!)) / Math.hypot(...y);
}

function chosen(list: string | undefined): readonly DeviceName[] {
  if (list === undefined) return DEVICE_NAMES;
  const names = parseList('device', list);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`--device ${list}: ${twice} is there twice.`);
  return names.map((name) => {
    const device = DEVICE_NAMES.find((known) => known === name);
    if (device !== undefined) return device;
    throw new UsageError(
      `--device ${list}: there is no device "${name}".${didYouMean(name, [...DEVICE_NAMES])}`,
      `Known: ${DEVICE_NAMES.join(', ')}.`,
    );
  });
}

function count(flag: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new UsageError(`--${flag}${Number.isNaN(value) ? '' : ` ${value}`}: expected a whole number of at least 1.`);
}
