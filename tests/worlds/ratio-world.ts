import { DuckDBInstance } from '@duckdb/node-api';
import type { Expression } from '../../src/domain/features/expressions/expression.ts';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { TrainerInput } from '../../src/domain/spec/trainer-spec.ts';

/** As many questions as one split of a ratio needs, and far fewer than its two columns would. */
const fewTrees: TrainerInput = { kind: 'gbdt', treesMax: 10, leavesMax: 3, learningRate: 0.4, historyShares: [1] };

const column = (name: string): Expression => ({ op: 'column', name });

/** An amount per item, over 4 orders of magnitude of either: small trees see little of it in the two columns. */
export const perItem: Expression = { op: 'ratio', of: [column('amount'), column('items')] };

/**
 * Orders that come back when an item costs more than 10, with and without the derived feature that says so. Orders of
 * no items are there as well, and some amounts are missing.
 */
export function ratioSpec(name: string, isDerived: boolean, trainer: TrainerInput = fewTrees): ModelSpec {
  return completeSpec({
    name,
    about: { owner: 'tests', useCase: 'tests', successCriterion: 'tests' },
    features: [
      { name: 'amount', kind: 'number', missing: 'allow', ...(isDerived ? { use: 'derived' } : {}) },
      { name: 'items', kind: 'number', missing: 'refuse', ...(isDerived ? { use: 'derived' } : {}) },
      { name: 'shop', kind: 'category', missing: 'refuse', values: ['a', 'b', 'c'] },
      { name: 'channel', kind: 'category', missing: 'allow' },
    ],
    ...(isDerived
      ? {
          derived: [
            { name: 'perItem', expression: perItem, about: 'what one item costs' },
            { name: 'shopChannel', expression: { op: 'cross', of: [column('shop'), column('channel')] } },
            { name: 'hasAmount', expression: { op: 'isMissing', of: [column('amount')] } },
          ],
        }
      : {}),
    target: { task: 'binary', column: 'returned', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
    source: { kind: 'file', path: 'orders.parquet', format: 'parquet' },
    trainer,
  });
}

export async function writeRatioRows(path: string, rows: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(`CREATE MACRO u(i, k) AS (hash(i * 31 + k) % 1000003) / 1000003.0`);
    await connection.run(`COPY (
      SELECT i AS _order, CASE WHEN i % 19 = 3 THEN NULL ELSE amount END AS amount, items,
        ['a', 'b', 'c'][1 + (i % 3)] AS shop, CASE WHEN i % 4 = 0 THEN NULL ELSE 'app' END AS channel,
        CASE WHEN (amount / nullif(items, 0) > 10) <> (u(i, 9) < 0.03) THEN 'yes' ELSE 'no' END AS returned
      FROM (SELECT i, exp(u(i, 1) * 9) AS amount, floor(exp(u(i, 2) * 7) - 1)::DOUBLE AS items FROM range(${rows}) t(i))
      ORDER BY i
    ) TO '${path.replaceAll("'", "''")}' (FORMAT parquet)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
