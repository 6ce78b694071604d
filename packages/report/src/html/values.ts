import { NOTHING } from '../tables/numbers.ts';

/** A hash or commit as far as one reads it. */
export function shortHash(hash: string | null): string {
  return hash === null ? 'unknown' : hash.slice(0, 12);
}

/** `4 min 50 s`, `12.3 s`. */
export function duration(seconds: number | undefined): string {
  if (seconds === undefined) return NOTHING;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Bytes as MiB or GiB. */
export function memory(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes < 1024 ? `${mebibytes.toFixed(0)} MiB` : `${(mebibytes / 1024).toFixed(2)} GiB`;
}

/** A setting's JSON as one reads it: `none`, no quotes, a comma and a space between items. */
export function setting(value: string | undefined): string {
  if (value === undefined) return NOTHING;
  const parsed = JSON.parse(value) as unknown;
  if (parsed === null) return 'none';
  if (Array.isArray(parsed)) return parsed.map(String).join(', ');
  return typeof parsed === 'string' ? parsed : value;
}

/** `2026-11-22 03:33:03 UTC` of an ISO time; another text as it is. */
export function time(iso: string): string {
  return iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/, '$1 $2 UTC');
}
