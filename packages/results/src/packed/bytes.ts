import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { codeOf } from '@lomap/files';
import { damaged } from './error.ts';

/** The most that a packed file may be, as it lies on disk and unpacked: far above any honest one. */
export const LARGEST_BYTES = 256 * 1024 * 1024;

/** The byte of a gzip header that names the operating system: 255 is "unknown", the same everywhere. */
const SYSTEM = { at: 9, unknown: 255 };

/** The text as a gzip file without a time or a system in its header: the same text is the same bytes. */
export function gzip(text: string): Buffer {
  const bytes = gzipSync(text, { level: 9 });
  bytes[SYSTEM.at] = SYSTEM.unknown;
  return bytes;
}

/** The text of a gzip file. Throws a ResultsError if it is cut off, is none, or would unpack to more than the bound. */
export function gunzip(bytes: Uint8Array, file: string, most = LARGEST_BYTES): string {
  try {
    return utf8(gunzipSync(bytes, { maxOutputLength: most }), file);
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE')
      throw damaged(file, null, `unpacks to more than ${most} bytes.`, error);
    if (codeOf(error).startsWith('Z_')) throw damaged(file, null, 'is not a whole gzip file.', error);
    throw error;
  }
}

/** Bytes as text. Throws a ResultsError if they are not UTF-8. */
export function utf8(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw damaged(file, null, 'is not UTF-8.', error);
  }
}

/** SHA-256 in hex. */
export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
