import process from 'node:process';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { LongestFirst } from './tests/longest-first.ts';

// Tests that put another module in the place of one of ours, or of Node's: they need modules of their own.
const mocking = [
  'tests/unit/added-metric.test.ts',
  'src/sources/file/within-roots.test.ts',
  'src/data/snapshot/scan-progress.test.ts',
];

// A limit ends what hangs and measures nothing: a busy machine may take ten times as long as a quiet one.
const hungMs = 120_000;

// What takes minutes runs in `npm run soak` alone.
const soaks: TestProjectConfiguration[] = [
  {
    extends: true,
    test: {
      name: 'soak',
      include: ['tests/soak/**/*.test.ts'],
      globalSetup: ['tests/worlds/bundles.ts', 'tests/worlds/temporal-cli.ts'],
      maxWorkers: 1,
      testTimeout: 240_000,
      hookTimeout: hungMs,
    },
  },
];

// An order of our own would take the place of a shuffled one.
const isShuffled = process.argv.some((argument) => argument.startsWith('--sequence.shuffle'));

// A project with exclusions of its own does not heed those of the command line.
const excluded = process.argv.filter((_, at, words) => words[at - 1] === '--exclude');

// Kinds of tests: what starts nothing runs first and fails first, then all that needs engines, three files at a time on
// two cores, since they wait as much as they compute. Each kind is a project: `npm test -- --project integration`.
export default defineConfig({
  test: {
    // The native modules (Temporal, ONNX Runtime, DuckDB) crash in worker threads.
    pool: 'forks',
    // Six projects load the same modules: transformed once, they are read from the disk, by content.
    experimental: { fsModuleCache: true },
    // A test without an assertion cannot fail, and so says nothing.
    expect: { requireAssertions: true },
    sequence: isShuffled ? {} : { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{src,workflows,activities,models,simulator,tests/unit}/**/*.test.ts'],
          exclude: ['**/*.db.test.ts', ...mocking, ...excluded],
          // Modules are loaded once per worker, not once per file: that took a third of the time.
          isolate: false,
          // One more than there are cores in a small machine: those that start processes wait for them.
          maxWorkers: 3,
          testTimeout: hungMs,
          hookTimeout: hungMs,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'unit-alone',
          include: mocking,
          maxWorkers: 3,
          testTimeout: hungMs,
          hookTimeout: hungMs,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'replay',
          include: ['tests/replay/**/*.test.ts'],
          testTimeout: hungMs,
          hookTimeout: hungMs,
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'database',
          // Beside the code that they test, each file on a copy of one migrated template database.
          include: ['{src,activities}/**/*.db.test.ts'],
          globalSetup: ['tests/worlds/postgres.ts'],
          maxWorkers: 3,
          isolate: false,
          testTimeout: hungMs,
          hookTimeout: hungMs,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          // One Postgres and one Temporal for all files; each file has a database and, if it needs one, a namespace of
          // its own.
          globalSetup: ['tests/worlds/bundles.ts', 'tests/worlds/engines.ts'],
          maxWorkers: 3,
          isolate: false,
          testTimeout: hungMs,
          hookTimeout: hungMs,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          globalSetup: ['tests/worlds/bundles.ts', 'tests/worlds/temporal-cli.ts'],
          // Every run has a folder and ports of its own.
          maxWorkers: 3,
          testTimeout: 240_000,
          hookTimeout: hungMs,
          sequence: { groupOrder: 2 },
        },
      },
      ...(process.env['PERENNIAL_SOAK'] === '1' ? soaks : []),
    ],
  },
});
