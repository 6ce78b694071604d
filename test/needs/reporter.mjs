import { skippedLine } from './reasons.mjs';

/** Says at the end of a run of jest why tests were skipped. On stderr, as all that jest says to people. */
export default class SkippedReporter {
  /** @param {import('@jest/types').Config.GlobalConfig} globalConfig */
  constructor(globalConfig) {
    // With -t most tests are left out because they were not asked for.
    this.asked = !globalConfig.testNamePattern;
  }

  /**
   * @param {unknown} _contexts
   * @param {import('@jest/test-result').AggregatedResult} results
   */
  onRunComplete(_contexts, { testResults }) {
    const skipped = testResults.flatMap((file) => file.testResults.filter(({ status }) => status === 'pending'));
    const line = skippedLine(skipped.map(({ fullName }) => fullName));
    if (this.asked && line !== null) process.stderr.write(`${line}\n`);
  }
}
