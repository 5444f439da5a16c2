import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { defaultSplit } from '../../domain/spec/default-spec.ts';
import { scoreRows } from '../../domain/metrics/score-rows.ts';
import { columnsOf, sliceColumns, type FeatureColumn } from '../../onnx/run/columns.ts';
import { readTable } from '../prepare/read-table.ts';
import type { TrainingTable } from '../prepare/table.ts';
import { fixtureSpec, fixtureTargets, writeFixture } from '../../../tests/worlds/training-fixture.ts';
import { ownTrainerOf } from '../../domain/spec/trainer-spec.ts';
import { fitRelease } from './yardstick.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-yardstick-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function firstRows(table: TrainingTable, rows: number): TrainingTable {
  return {
    ...table,
    rows,
    order: table.order.subarray(0, rows),
    eventTimeMs: table.eventTimeMs?.subarray(0, rows) ?? null,
    labels: table.labels.subarray(0, rows),
    columns: sliceColumns(table.columns, 0, rows),
  };
}

describe('fitRelease', () => {
  it('predicts rows that it has not seen, from columns alone', async () => {
    const path = join(folder, 'data.parquet');
    await writeFixture(path, 'binary', 1_500);
    const spec = fixtureSpec(fixtureTargets.binary);
    const { table } = await readTable(spec, [path]);
    const split = 1_000;
    const release = await fitRelease(spec, firstRows(table, split));
    expect(ownTrainerOf(spec.trainer).historyShares).toContain(release.historyShare);
    expect(release.threshold).toBe(0.5);
    const scores = release.predict(sliceColumns(table.columns, split, table.rows));
    const metrics = scoreRows({
      task: 'binary',
      classes: ['fine', 'fraud'],
      labels: table.labels.subarray(split),
      scores,
      threshold: release.threshold,
    });
    expect(metrics.auroc).toBeGreaterThan(0.85);
    const nothing = columnsOf(
      1,
      [...table.columns.byName.values()].map((column): FeatureColumn =>
        column.kind === 'category' ? { ...column, texts: [null] } : { ...column, numbers: Float64Array.of(NaN) },
      ),
    );
    expect(release.predict(nothing).every(Number.isFinite)).toBe(true);
  });
});

test.each([{ blocks: { folds: 3 } }, { group: { column: 'merchant', seed: 1 } }])(
  'a definition with %j is not fitted as if it split by time',
  async (how) => {
    const spec = fixtureSpec(fixtureTargets.binary, { split: { ...defaultSplit, ...how } });
    const { table } = await readTable(spec, [join(folder, 'data.parquet')]);
    await expect(fitRelease(spec, table)).rejects.toMatchObject({ code: 'unsupported', path: 'split' });
  },
);

describe('readTable', () => {
  it('sorts by _order, drops rows without a label and says what it cannot read', async () => {
    const path = join(folder, 'data.parquet');
    const spec = fixtureSpec(fixtureTargets.binary);
    const { table, unlabelledRows } = await readTable(spec, [path]);
    const first = await readTable(spec, [path], 'by time', 2);
    expect([first.table.rows, ...first.table.order]).toEqual([2, ...table.order.subarray(0, 2)]);
    expect(first.unlabelledRows).toBe(unlabelledRows);
    expect(table.rows + unlabelledRows).toBe(1_500);
    expect(unlabelledRows).toBe(88);
    expect(table.order.every((order, row) => row === 0 || order > (table.order[row - 1] ?? 0))).toBe(true);
    const text = fixtureSpec(fixtureTargets.binary, {
      features: [{ name: 'merchant', kind: 'number', missing: 'allow' }],
    });
    await expect(readTable(text, [path])).rejects.toMatchObject({
      code: 'invalid_data',
      message: expect.stringContaining('merchant'),
    });
    await expect(readTable(spec, [join(folder, 'gone.parquet')])).rejects.toMatchObject({ code: 'invalid_data' });
  });
});
