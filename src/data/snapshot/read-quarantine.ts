import { withDuck } from '../duck/connect.ts';
import { pathLiteral } from '../duck/sql.ts';

/** A row that the contract set aside, as it stood in the source. */
export interface QuarantinedRow {
  /** In the source, header included. */
  readonly line: number;
  readonly raw: string;
  readonly ruleIds: readonly string[];
}

const rowsMax = 50;
const rawCharactersMax = 500;

/**
 * The first quarantined rows of a batch, at most 50, each cut to 500 characters. They may be personal: check who asks.
 */
export async function readQuarantine(path: string): Promise<readonly QuarantinedRow[]> {
  return withDuck({ threads: 1, memoryMb: 256 }, async (duck) => {
    const rows = await duck.rows(
      `SELECT CAST(_line AS DOUBLE) AS line, left(CAST(raw AS VARCHAR), ${rawCharactersMax}) AS raw, rule_ids FROM
        read_parquet(${pathLiteral(path)}) ORDER BY _line, raw LIMIT ${rowsMax}`,
    );
    return rows.map((row) => ({
      line: Number(row['line']),
      raw: String(row['raw'] ?? ''),
      ruleIds: Array.isArray(row['rule_ids']) ? row['rule_ids'].map(String) : [],
    }));
  });
}
