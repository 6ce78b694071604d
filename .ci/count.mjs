// node .ci/count.mjs FOLDER [FAILED GATE...]: counts the tests in FOLDER's test.json and parity.json (jest --json) and the
// gates that failed. A test that ran twice counts once, and as failed if it failed once. Exit code 1 if anything failed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { skippedLine } from '../test/needs/reasons.mjs';

const [folder, ...gates] = process.argv.slice(2);
const rank = { pending: 0, todo: 0, skipped: 0, disabled: 0, passed: 1, failed: 2 };
const tests = new Map();
const fullNames = new Map();
const record = (name, status) => {
  if (rank[status] >= rank[tests.get(name) ?? 'skipped']) tests.set(name, status);
};

for (const name of ['test', 'parity']) {
  let run;
  try {
    run = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  } catch {
    record(`${name}: no results were written`, 'failed');
    continue;
  }
  for (const file of run.testResults) {
    // Two tests of one file may have one name.
    const seen = new Map();
    for (const { fullName, status } of file.assertionResults) {
      const nth = (seen.get(fullName) ?? 0) + 1;
      seen.set(fullName, nth);
      record(`${file.name}: ${fullName} (${nth})`, status);
      fullNames.set(`${file.name}: ${fullName} (${nth})`, fullName);
    }
    const broken = file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed');
    if (broken) record(`${file.name}: could not run`, 'failed');
  }
}
// The gates test and parity fail through their tests.
for (const gate of gates) if (gate !== 'test' && gate !== 'parity') record(`gate ${gate}`, 'failed');

const named = (status) => [...tests].filter(([, value]) => value === status).map(([name]) => name);
const [passed, failed] = [named('passed'), named('failed')];
const skipped = [...tests.keys()].filter((name) => !passed.includes(name) && !failed.includes(name));
console.log('');
for (const name of failed) console.log(`failed: ${name}`);
// A run can fail without a failing test: a coverage threshold, an open handle, a build before the tests.
const unexplained = gates.length > 0 && failed.length === 0;
if (unexplained) console.log(`failed: ${gates.join(', ')}`);
if (skipped.length > 0) console.log(skippedLine(skipped.map((name) => fullNames.get(name) ?? name)));
console.log(`${passed.length} passed, ${failed.length + (unexplained ? 1 : 0)} failed`);
process.exit(gates.length > 0 || failed.length > 0 ? 1 : 0);
