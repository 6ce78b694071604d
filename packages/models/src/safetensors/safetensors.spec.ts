import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ModelError } from '../model-error.ts';
import { safetensorsBytes } from '../testing/safetensors-bytes.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { maxHeaderBytes } from './header.ts';
import { openSafetensors, readTensor } from './read.ts';
import { writeSafetensors, type WritableTensor } from './write.ts';

const folder = temporaryFolder();
const path = join(folder, 'model.safetensors');
const entry = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

function open(header: unknown, data: Uint8Array | number) {
  writeFileSync(path, safetensorsBytes(header, data));
  return openSafetensors(path);
}

describe('what is written is read', () => {
  const tensors = fc
    .dictionary(
      fc.string({ minLength: 1, unit: 'grapheme' }).filter((name) => name !== '__metadata__'),
      fc.array(fc.nat({ max: 3 }), { maxLength: 3 }).chain((shape) => {
        const size = shape.reduce((product, dimension) => product * dimension, 1);
        return fc.record({
          shape: fc.constant(shape),
          data: fc.float32Array({ minLength: size, maxLength: size }),
        });
      }),
      { maxKeys: 5 },
    )
    .map((dictionary): Map<string, WritableTensor> => new Map(Object.entries(dictionary)));

  test('any tensors, bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(tensors, async (written) => {
        await writeSafetensors(path, written);
        const file = openSafetensors(path);
        expect([...file.tensors.keys()].sort()).toEqual([...written.keys()].sort());
        for (const [name, { shape, data }] of written) {
          expect(file.tensors.get(name)?.shape).toEqual(shape);
          expect(readTensor(file, name)).toEqual(data);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('with the metadata that HF libraries expect, data at a multiple of 8, and no other file left', async () => {
    await writeSafetensors(path, new Map([['b', { shape: [2], data: Float32Array.of(1, 2) }]]));
    const file = openSafetensors(path);
    expect(file.metadata.get('format')).toBe('pt');
    expect(file.tensors.get('b')!.offset % 8).toBe(0);
    expect(readdirSync(folder)).toEqual(['model.safetensors']);
  });

  test('the order of the tensors does not change the bytes', async () => {
    const a = { shape: [1], data: Float32Array.of(1) };
    const b = { shape: [1], data: Float32Array.of(2) };
    await writeSafetensors(path, new Map(Object.entries({ a, b })));
    const bytes = readFileSync(path);
    await writeSafetensors(path, new Map(Object.entries({ b, a })));
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  test('values that do not fill the shape, or a folder that cannot be, are refused', async () => {
    const tensor = { shape: [3], data: new Float32Array(2) };
    await expect(writeSafetensors(path, new Map([['a', tensor]]))).rejects.toThrow('a has 2 values, its shape [3] 3');
    const blocked = join(path, 'in-a-file', 'x.safetensors');
    await expect(writeSafetensors(blocked, new Map())).rejects.toThrow(ModelError);
  });
});

describe('element types', () => {
  test('F16 and BF16 are widened exactly', () => {
    const half = [0x3c00, 0xc000, 0x0001, 0x03ff, 0x7bff, 0x7c00, 0xfc00, 0x7e00, 0x8000];
    const brain = [0x3f80, 0xc049, 0x0001, 0x7f80];
    const bytes = new Uint8Array(Uint16Array.from([...half, ...brain]).buffer);
    const file = open(
      {
        half: { dtype: 'F16', shape: [9], data_offsets: [0, 18] },
        brain: { dtype: 'BF16', shape: [4], data_offsets: [18, 26] },
      },
      bytes,
    );
    const smallest = 2 ** -24;
    expect([...readTensor(file, 'half')]).toEqual([
      ...[1, -2, smallest, 1023 * smallest, 65504, Infinity, -Infinity, NaN, -0],
    ]);
    expect([...readTensor(file, 'brain')]).toEqual([1, -3.140625, 2 ** -133, Infinity]);
  });

  test('a type that is no weight can be listed, not read', () => {
    const file = open({ ids: { dtype: 'I64', shape: [1, 2], data_offsets: [0, 16] } }, 16);
    expect(file.tensors.get('ids')?.dtype).toBe('I64');
    expect(() => readTensor(file, 'ids')).toThrow('tensor ids has type I64; weights are read from F32, F16 and BF16');
    expect(() => readTensor(file, 'other')).toThrow('holds no tensor other');
  });
});

describe('a bad file is one clear error', () => {
  const cases: [what: string, header: unknown, data: number, message: string][] = [
    ['no JSON', '{"a":', 0, 'not JSON'],
    ['an array', '[]', 0, 'not a JSON object'],
    ['an unknown type', { a: { ...entry(0, 4), dtype: 'F31' } }, 4, 'unknown type F31'],
    ['a missing shape', { a: { dtype: 'F32', data_offsets: [0, 4] } }, 4, 'entry of a is wrong (shape'],
    ['a negative dimension', { a: entry(0, 4, [-1]) }, 4, 'entry of a is wrong (shape.0'],
    ['a dimension that is no integer', { a: entry(0, 4, [1.5]) }, 4, 'entry of a is wrong (shape.0'],
    ['a product beyond all integers', { a: entry(0, 4, [2 ** 50, 2 ** 50]) }, 4, 'takes 5.07'],
    ['offsets beyond the file', { a: entry(0, 8) }, 4, 'bytes 0 to 8 of the file’s 4'.replace('’', "'")],
    ['offsets in disorder', { a: { dtype: 'F32', shape: [0], data_offsets: [4, 0] } }, 4, 'bytes 4 to 0'],
    ['a length that is not the shape’s', { a: entry(0, 8, [3]) }, 8, 'a has 8 bytes; F32 of shape [3] takes 12'],
    ['an overlap', { a: entry(0, 8), b: entry(4, 12) }, 12, 'tensor b overlaps'],
    ['a hole', { a: entry(0, 4), b: entry(8, 12) }, 12, 'tensor b leaves 4 bytes unused'],
    ['bytes at the end', { a: entry(0, 4) }, 12, '8 bytes after the last tensor'],
    ['metadata that are no strings', { __metadata__: { format: 1 } }, 0, '__metadata__'],
    [
      'a name twice',
      `{"a":${JSON.stringify(entry(0, 4))},"\\u0061":${JSON.stringify(entry(0, 4))}}`,
      4,
      'the key a occurs twice',
    ],
  ];
  test.each(cases)('%s', (_, header, data, message) => {
    expect(() => open(header, data)).toThrow(ModelError);
    expect(() => open(header, data)).toThrow(message);
    expect(() => open(header, data)).toThrow(path);
  });

  test('names that repeat only in different entries, or inside strings, are fine', () => {
    const file = open({ 'a":{"a': entry(0, 4), shape: entry(4, 8), __metadata__: { shape: '"a":' } }, 8);
    expect([...file.tensors.keys()]).toEqual(['a":{"a', 'shape']);
  });

  test('a file that is missing, empty, or shorter than its header or its data', () => {
    expect(() => openSafetensors(join(folder, 'none'))).toThrow('cannot be read: there is no such file');
    writeFileSync(path, '');
    expect(() => openSafetensors(path)).toThrow('has 0 bytes');
    const whole = safetensorsBytes({ a: entry(0, 8) }, 8);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      expect(() => openSafetensors(path)).toThrow(ModelError);
    }
  });

  test('a header longer than any is refused before memory is taken for it', () => {
    const bytes = safetensorsBytes({}, 0);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(maxHeaderBytes) + 1n, true);
    writeFileSync(path, bytes);
    expect(() => openSafetensors(path)).toThrow('is the limit');
    new DataView(bytes.buffer).setBigUint64(0, 2n ** 64n - 1n, true);
    writeFileSync(path, bytes);
    expect(() => openSafetensors(path)).toThrow('is the limit');
  });

  test('a file cut after it was opened', () => {
    const file = open({ a: entry(0, 8) }, 8);
    writeFileSync(path, safetensorsBytes({ a: entry(0, 8) }, 8).subarray(0, -2));
    expect(() => readTensor(file, 'a')).toThrow('was cut while in use');
  });

  test('no mutation of a good file leads to another error', () => {
    const good = safetensorsBytes({ __metadata__: { format: 'pt' }, a: entry(0, 8, [1, 2]), b: entry(8, 12) }, 12);
    const mutation = fc.record({ at: fc.nat({ max: good.length - 1 }), byte: fc.nat({ max: 255 }) });
    fc.assert(
      fc.property(
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        fc.nat({ max: good.length }),
        (changes, length) => {
          const bytes = Uint8Array.from(good);
          for (const { at, byte } of changes) bytes[at] = byte;
          writeFileSync(path, length % 3 === 0 ? bytes.subarray(0, length) : bytes);
          expectOnlyModelErrors();
        },
      ),
      { numRuns: 300 },
    );
  });

  test('no JSON header leads to another error', () => {
    const value = fc.record({
      dtype: fc.oneof(fc.constantFrom('F32', 'BF16', 'I64'), fc.jsonValue()),
      shape: fc.oneof(fc.array(fc.oneof(fc.nat({ max: 3 }), fc.maxSafeInteger())), fc.jsonValue()),
      data_offsets: fc.oneof(fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 40 })), fc.jsonValue()),
    });
    const header = fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), fc.oneof(value, fc.jsonValue()));
    fc.assert(
      fc.property(header, fc.nat({ max: 40 }), (fields, data) => {
        writeFileSync(path, safetensorsBytes(fields, data));
        expectOnlyModelErrors();
      }),
      { numRuns: 300 },
    );
  });

  /** Reads the file whole; anything that goes wrong is a ModelError, and what is read is as long as its shape says. */
  function expectOnlyModelErrors(): void {
    try {
      const file = openSafetensors(path);
      for (const [name, { shape }] of file.tensors) {
        expect(readTensor(file, name)).toHaveLength(shape.reduce((product, size) => product * size, 1));
      }
    } catch (error) {
      expect(error).toBeInstanceOf(ModelError);
    }
  }
});
