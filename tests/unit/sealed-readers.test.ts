import { expect, test } from 'vitest';
import { readSources } from '../worlds/sources.ts';

/**
 * Who may need a sealed row: a training's export, a guard, a person who asks about one prediction. Judging, pages and
 * rollouts must not: they would be as slow as files are, and stop when the artifact store does.
 */
const readers = [
  'activities/guard/guard-look.ts',
  'activities/ingest/snapshot-traffic.ts',
  'src/commands/record/find-logged.ts',
  'src/commands/record/lineage.ts',
];

test('sealed rows are read by trainings, guards and people who ask for one prediction, and by nobody else', () => {
  const openers = readSources().filter(
    ({ file, code }) =>
      !/\.test\.|^bench\//.test(file) && /\bcreateSealedLog\(/.test(code) && !file.startsWith('src/data/'),
  );
  expect(openers.map(({ file }) => file).toSorted()).toEqual(readers);
});

test('the sealed side of the log has one door', () => {
  const named = readSources().filter(
    ({ file, code }) =>
      !file.startsWith('src/db/traffic/') &&
      !file.startsWith('src/db/schema/') &&
      !/\.test\.|^bench\//.test(file) &&
      /\bfrom\s+sealed_stretch\b|sealedStretch\b/.test(code),
  );
  // The back-up copies the files, the collector of artifacts keeps them, and the hourly measuring adds up their bytes,
  // and the scrub reads them and says whose a damaged one is.
  expect(named.map(({ file }) => file).toSorted()).toEqual([
    'src/db/installation/backup-tables.ts',
    'src/db/installation/storage.ts',
    'src/db/retention/artifact-roots.ts',
    'src/db/scrub/dependents.ts',
    'src/db/scrub/files-due.ts',
  ]);
});
