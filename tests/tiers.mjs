/**
 * The one list of what `npm test` leaves to `npm run test:long`, so that it ends within eight minutes on two cores.
 * They take fifteen seconds and more beside others: most play whole lives, kill processes, start brokers or train. The
 * longest come first.
 */
export const longFiles = [
  'tests/e2e/readme.test.ts',
  'tests/integration/loop/loop.test.ts',
  'tests/e2e/chaos.test.ts',
  'tests/e2e/deploy.test.ts',
  'tests/integration/trainers/python-examples.test.ts',
  'tests/integration/api/schemathesis.test.ts',
  'tests/integration/loop/control-verbs.test.ts',
  'tests/integration/trainers/workers.test.ts',
  'tests/integration/loop/told-it-failed.test.ts',
  'tests/integration/loop/user-steps.test.ts',
  'tests/e2e/package.test.ts',
  'tests/e2e/pages.test.ts',
  'tests/e2e/upgrade.test.ts',
  'tests/e2e/team.test.ts',
  'tests/integration/serving/inference-process.test.ts',
  'tests/integration/loop/by-hand.test.ts',
  'tests/integration/loop/outage.test.ts',
  'tests/integration/sources/kafka-brokers.test.ts',
  'tests/integration/installation/failover.test.ts',
  'activities/views/join-view-snapshots.db.test.ts',
  'tests/integration/trainers/search.test.ts',
  'tests/integration/trainers/experiment.test.ts',
  'tests/integration/trainers/reproduce.test.ts',
  'tests/integration/versions/export.test.ts',
  'tests/integration/trainers/command.test.ts',
  'tests/integration/loop/derived-features.test.ts',
  'tests/integration/loop/erasure.test.ts',
  'tests/integration/artifacts/s3-store.test.ts',
  'tests/integration/ab-test/ab-test.test.ts',
  'tests/integration/loop/import.test.ts',
  'tests/integration/loop/triggers.test.ts',
  'tests/integration/loop/view-traffic.test.ts',
  'tests/integration/sources/kafka-history.test.ts',
  'tests/integration/loop/one-row.test.ts',
  'tests/integration/loop/postgres-source.test.ts',
  'activities/growth.db.test.ts',
  'src/trainers/run-train.test.ts',
  'src/trainers/warm-start.test.ts',
  'tests/integration/loop/warm-start.test.ts',
  'tests/integration/loop/online-views.test.ts',
  'tests/integration/loop/corrections-within.test.ts',
  'src/main-import.test.ts',
  'src/main-train.test.ts',
  'activities/train/fit-command.test.ts',
  'tests/integration/sources/s3-source.test.ts',
  'tests/integration/installation/embedded.test.ts',
  'tests/integration/loop/leakage.test.ts',
  'tests/integration/sources/push.test.ts',
  'tests/integration/loop/repairs.test.ts',
  'tests/integration/serving/observability.test.ts',
  'tests/integration/sources/kafka-source.test.ts',
  'tests/integration/sources/kafka-tls.test.ts',
  'tests/integration/sources/push-views-killed.test.ts',
  'tests/integration/replay/python-yardsticks.test.ts',
  'tests/integration/loop/blocks.test.ts',
  'activities/watch/correct.db.test.ts',
  'src/trainers/blocks.test.ts',
  'tests/integration/loop/batch-rules.test.ts',
  'activities/views/read-again.db.test.ts',
  'src/data/snapshot/ingest-progress.test.ts',
  'tests/integration/loop/view-features.test.ts',
  'src/data/infer/columns/every-format.test.ts',
  'tests/integration/loop/corrections.test.ts',
];

/**
 * What vitest is told for the words after `npm test`: nothing leaves out what is long, `--long` takes that alone, and
 * whoever names projects or files gets all of what they name. `notRun` are the files that are left out.
 */
export function tierOf(words) {
  if (words.length === 0) return { args: longFiles.flatMap((file) => ['--exclude', file]), notRun: longFiles };
  const rest = words.filter((word) => word !== '--long');
  return { args: rest.length < words.length ? [...longFiles, ...rest] : rest, notRun: [] };
}
