import { expect, test } from 'vitest';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { tellSetAside } from './tell-set-aside.ts';

const { database } = await openTestDatabase();

const spec = completeSpec({
  name: 'm',
  about: { owner: 'o', useCase: 'u', successCriterion: 's' },
  features: [{ kind: 'number', name: 'x', missing: 'allow' }],
  target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 1 } },
  contract: { quarantineShareMax: 0.05 },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
});
const ruleCounts = [
  { ruleId: 'y.label', severity: 'quarantine', rows: 6 },
  { ruleId: 'x.range', severity: 'warn', rows: 50 },
] as const;

test('an alert rings when more answered rows than declared cannot be learnt from, and ends with that', async () => {
  const { db } = database;
  const asked = "select kind, title, body from alert where model = 'm' and closed_at is null";
  const opened = async () => (await database.pool.query(asked)).rows;
  await tellSetAside(db, spec, { runId: 'train/m/2', rows: 95, quarantinedRows: 5, ruleCounts });
  expect(await opened()).toEqual([]);
  await tellSetAside(db, spec, { runId: 'train/m/3', rows: 94, quarantinedRows: 6, ruleCounts });
  await tellSetAside(db, spec, { runId: 'train/m/3', rows: 94, quarantinedRows: 6, ruleCounts });
  expect(await opened()).toEqual([
    {
      kind: 'rows-set-aside',
      title: '6 % of the labelled traffic cannot be learnt from',
      body:
        '6 of 100 answered rows were set aside by the training, more than the 5 % that the contract allows: ' +
        'y.label 6. Their values or labels do not fit this revision of the definition.',
    },
  ]);
  await tellSetAside(db, spec, { runId: 'train/m/4', rows: 100, quarantinedRows: 0, ruleCounts: [] });
  expect(await opened()).toEqual([]);
});
