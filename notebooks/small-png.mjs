/** PNGs of charts with a palette instead of four bytes a pixel: a third of the size, so that notebooks stay small. */
import { Buffer } from 'node:buffer';
import { deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

/** How many colours are kept as they are: paper, ink and marks. */
const EXACT = 12;

/**
 * The same picture with fewer colours: the commonest are kept, the others, which are the soft edges of letters and
 * lines, are rounded to 16 levels a channel, and beyond 256 they become their nearest.
 *
 * @param {Uint8Array} png 8-bit RGBA, not interlaced, opaque: what renderChart makes
 */
export function smallPng(png) {
  const { width, height, rgba } = decode(Buffer.from(png));
  const counts = new Map();
  const colours = new Uint32Array(width * height);
  for (let i = 0; i < colours.length; i++) {
    const colour = (rgba[4 * i] << 16) | (rgba[4 * i + 1] << 8) | rgba[4 * i + 2];
    colours[i] = colour;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const common = byFrequency(counts).slice(0, EXACT);
  const kept = new Map(
    [...counts.keys()].map((colour) => [colour, common.includes(colour) ? colour : rounded(colour)]),
  );
  const merged = new Map();
  for (const [colour, n] of counts) merged.set(kept.get(colour), (merged.get(kept.get(colour)) ?? 0) + n);
  const ranked = byFrequency(merged);
  const palette = ranked.slice(0, 256);
  const index = new Map(ranked.map((colour, i) => [colour, i < 256 ? i : nearest(palette, colour)]));
  const rows = Buffer.alloc(height * (width + 1)); // each row begins with its filter: none
  colours.forEach((colour, i) => (rows[i + 1 + Math.floor(i / width)] = index.get(kept.get(colour))));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8); // 8 bits, palette
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap(channels))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Width, height and pixels of an 8-bit RGBA PNG (PNG specification, sections 5 and 9). */
export function decode(png) {
  const parts = [];
  let header = null;
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') header = data;
    if (type === 'IDAT') parts.push(data);
    at += 12 + length;
  }
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  if (header[8] !== 8 || header[9] !== 6 || header[12] !== 0) throw new Error('Expected an 8-bit RGBA PNG.');
  const raw = inflateSync(Buffer.concat(parts));
  const stride = 4 * width;
  const rgba = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let i = 0; i < stride; i++) {
      const at = y * stride + i;
      const left = i < 4 ? 0 : rgba[at - 4];
      const up = y === 0 ? 0 : rgba[at - stride];
      const corner = i < 4 || y === 0 ? 0 : rgba[at - stride - 4];
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      rgba[at] = raw[y * (stride + 1) + 1 + i] + predicted;
    }
  }
  return { width, height, rgba };
}

function paeth(left, up, corner) {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

const byFrequency = (counts) => [...counts].sort(([a, n], [b, m]) => m - n || a - b).map(([colour]) => colour);

const rounded = (colour) => channels(colour).reduce((sum, value) => 256 * sum + 17 * Math.round(value / 17), 0);

const channels = (colour) => [colour >> 16, (colour >> 8) & 255, colour & 255];

function nearest(palette, colour) {
  const distances = palette.map((other) => {
    const [own, its] = [channels(colour), channels(other)];
    return own.reduce((sum, value, i) => sum + (value - its[i]) ** 2, 0);
  });
  return distances.indexOf(Math.min(...distances));
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
