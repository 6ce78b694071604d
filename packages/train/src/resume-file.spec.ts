import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { resumeFile, readResumeFile, removeResumeFile, writeResumeFile } from './resume-file.ts';
import { freshState } from './optimizers/optimizer.ts';
import { freshRunState, type RunState } from './run-state.ts';
import { RecordError } from './record-file.ts';

const RUN = { fingerprint: 'run', slots: ['m', 'v'] };
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lomap-resume-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

function progress(): RunState {
  const made = freshRunState(freshState(RUN, Float32Array.of(1.5, -0, 1e-45)), ['adapter', 'head']);
  made.step = 2;
  made.curves.loss.push(0.1 + 0.2, 1 / 3);
  made.epochs.push({ epoch: 0.5, step: 2, scores: { accuracy: 2 / 3 } });
  made.best = { epoch: 0.5, score: 2 / 3, params: Float32Array.of(3, 2, 1) };
  return made;
}

describe('a resume file', () => {
  test('comes back bit for bit, and is replaced by the next', async () => {
    await writeResumeFile(directory, RUN, freshRunState(freshState(RUN, new Float32Array(3)), ['adapter', 'head']));
    await writeResumeFile(directory, RUN, progress());
    const loaded = await readResumeFile(directory, RUN, 3);
    expect(loaded).toEqual(progress());
    expect(Object.is((loaded!.state.params.data as Float32Array)[1], -0)).toBe(true);
    expect(await readdir(directory)).toEqual(['checkpoint.bin']);
  });

  test('that does not exist is null, before and after removing', async () => {
    expect(await readResumeFile(join(directory, 'nowhere'), RUN, 3)).toBeNull();
    await writeResumeFile(directory, RUN, progress());
    await removeResumeFile(directory);
    await removeResumeFile(directory);
    expect(await readResumeFile(directory, RUN, 3)).toBeNull();
  });

  test('with the memory of a method comes back bit for bit, and only to a run that has one of this size', async () => {
    const betweenSteps = [Float32Array.of(0.1, -0, 1e-45, 3), Float32Array.of(1, 2, 3, 4), Float32Array.of(1, 0)];
    for (const best of [null, progress().best]) {
      await writeResumeFile(directory, RUN, { ...progress(), best, betweenSteps });
      expect(await readResumeFile(directory, RUN, 3, betweenSteps)).toEqual({ ...progress(), best, betweenSteps });
    }
    await expect(readResumeFile(directory, RUN, 3)).rejects.toThrow(
      'holds arrays of 3, 3, 3, 3, 4, 4, 2 values; expected 3, 3, 3, 3.',
    );
    await expect(readResumeFile(directory, RUN, 3, betweenSteps.with(2, new Float32Array(3)))).rejects.toThrow(
      'expected 3, 3, 3, 3, 4, 4, 3.',
    );
  });

  test('of another optimizer comes back by the names of its slots, and not to one with others', async () => {
    const momentum = { fingerprint: 'run', slots: ['velocity'] };
    const made = { ...progress(), state: freshState(momentum, Float32Array.of(1, 2, 3)) };
    made.state.velocity!.data.set([4, 5, 6]);
    await writeResumeFile(directory, momentum, made);
    expect((await readResumeFile(directory, momentum, 3))!.state).toEqual(made.state);
    await expect(readResumeFile(directory, RUN, 3)).rejects.toThrow('expected 3, 3, 3, 3.');
  });

  test('of another run or another size is refused', async () => {
    await writeResumeFile(directory, RUN, progress());
    await expect(readResumeFile(directory, { ...RUN, fingerprint: 'other' }, 3)).rejects.toThrow('is of another run');
    await expect(readResumeFile(directory, RUN, 4)).rejects.toThrow(
      'holds arrays of 3, 3, 3, 3 values; expected 4, 4, 4, 4',
    );
  });

  test('is refused whatever byte is changed or missing', async () => {
    await writeResumeFile(directory, RUN, progress());
    const file = resumeFile(directory);
    const whole = await readFile(file);
    for (let i = 0; i < whole.length; i += 5) {
      const damaged = Buffer.from(whole);
      damaged[i]! ^= 0x10;
      await writeFile(file, damaged);
      await expect(readResumeFile(directory, RUN, 3)).rejects.toThrow(RecordError);
      await writeFile(file, whole.subarray(0, i));
      await expect(readResumeFile(directory, RUN, 3)).rejects.toThrow(RecordError);
    }
  });

  test('that cannot be written leaves the old one and says so', async () => {
    await writeResumeFile(directory, RUN, progress());
    // A folder in the partial file's place makes opening it fail, as a full disk or a missing permission would.
    await mkdir(`${resumeFile(directory)}.partial`);
    await expect(writeResumeFile(directory, RUN, progress())).rejects.toThrow(/Could not write .*checkpoint\.bin/);
    expect(await readResumeFile(directory, RUN, 3)).toEqual(progress());
  });
});
