import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** What a run comes to. `bin/test.mjs` prints it. */
export interface Tally {
  passed: number;
  readonly failed: Told[];
  readonly skipped: Told[];
}

export interface Told {
  readonly name: string;
  /** The first line of what went wrong; empty for a skipped test, whose name says why. */
  readonly reason: string;
}

/**
 * Writes what passed, failed and was skipped, the last two by name, into the file that PERENNIAL_TALLY_FILE names. A
 * file that could not be loaded and an error outside every test are failures too.
 */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const file = process.env['PERENNIAL_TALLY_FILE'];
    if (file === undefined) return;
    const tally: Tally = { passed: 0, failed: [], skipped: [] };
    for (const error of unhandledErrors) tally.failed.push({ name: 'outside every test', reason: firstLine(error) });
    for (const testModule of modules) count(testModule, tally);
    writeFileSync(file, JSON.stringify(tally));
  }
}

function count(testModule: TestModule, tally: Tally): void {
  const place = testModule.relativeModuleId;
  const errors = [...testModule.errors(), ...[...testModule.children.allSuites()].flatMap((suite) => suite.errors())];
  for (const error of errors) tally.failed.push({ name: place, reason: firstLine(error) });
  for (const test of testModule.children.allTests()) {
    const name = `${place} > ${test.fullName}`;
    const result = test.result();
    if (result.state === 'passed') tally.passed += 1;
    if (result.state === 'failed') tally.failed.push({ name, reason: firstLine(result.errors[0]) });
    if (result.state === 'skipped') tally.skipped.push({ name, reason: '' });
  }
}

function firstLine(error: unknown): string {
  const text =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
  return (text.split('\n')[0] ?? '').slice(0, 300);
}
