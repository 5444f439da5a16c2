import { isPicked, type CellEdit, type RowPick } from '../../domain/contract/quarantine.ts';
import { cut } from '../../domain/words/cut.ts';
import { withPoint, type CommaMeaning } from '../text/number-marks.ts';
import { withDuck, type Duck, type DuckDbSettings } from '../duck/connect.ts';
import { literal, pathLiteral } from '../duck/sql.ts';

/** A row that the contract set aside. */
export interface QuarantinedRow {
  /** In the source, header included. */
  readonly line: number;
  /** As it stood in the source: a JSON object of its cells, or the line itself where it could not be split. */
  readonly raw: string;
  /** Its cells as they are now, with the edits of people; null where it is no row, or longer than was asked for. */
  readonly json: string | null;
  readonly ruleIds: readonly string[];
}

export interface RowsAsked {
  readonly pick: RowPick;
  readonly edits: readonly CellEdit[];
  /** Rows behind this line. */
  readonly afterLine: number;
  readonly rowsMax: number;
  /** Longer texts are cut to so many characters; null leaves them whole. */
  readonly charactersMax: number | null;
}

/** Rows of a quarantine in the order of their lines. They may be personal: check who asks. */
export async function quarantinedRows(
  path: string,
  asked: RowsAsked,
  settings: DuckDbSettings = {},
): Promise<readonly QuarantinedRow[]> {
  return withDuck({ threads: 1, memoryMb: 256, ...settings }, async (duck) => {
    const { ruleId, line } = asked.pick;
    const conditions = [
      `_line > ${Math.floor(asked.afterLine)}`,
      ...(ruleId === null ? [] : [`list_contains(rule_ids, ${literal(ruleId)})`]),
      ...(line === null ? [] : [`_line = ${Math.floor(line)}`]),
    ];
    const reading = await readingOf(duck, path);
    // One character more than is shown tells a text that was cut.
    const shortened = (sql: string): string =>
      asked.charactersMax === null ? sql : `left(${sql}, ${Math.floor(asked.charactersMax) + 1})`;
    const rows = await duck.rows(
      `SELECT CAST(_line AS DOUBLE) AS line, ${shortened('CAST(raw AS VARCHAR)')} AS raw,
        ${shortened(patched(asked.edits))} AS patched, rule_ids
        FROM read_parquet(${pathLiteral(path)}) WHERE ${conditions.join(' AND ')}
        ORDER BY _line, raw LIMIT ${Math.floor(asked.rowsMax)}`,
    );
    const charactersMax = asked.charactersMax ?? Infinity;
    return rows.map((row) => {
      const known = {
        line: Number(row['line']),
        raw: String(row['raw'] ?? ''),
        ruleIds: Array.isArray(row['rule_ids']) ? row['rule_ids'].map(String) : [],
      };
      const text = row['patched'];
      if (typeof text !== 'string' || known.raw.length > charactersMax || text.length > charactersMax)
        return { ...known, raw: cut(known.raw, charactersMax), json: null };
      const edits = asked.edits.filter(({ pick }) => isPicked(pick, known));
      return { ...known, json: reading.isText ? retold(known.raw, reading, edits) : text };
    });
  });
}

/** How the cells of `raw` were read in their file. */
interface Reading {
  /** All cells are texts, with blanks and commas as they stood in a CSV file. */
  readonly isText: boolean;
  readonly commas: Readonly<Record<string, CommaMeaning>>;
}

/** Those of earlier releases do not say it: their cells are taken as they stand. */
async function readingOf(duck: Duck, path: string): Promise<Reading> {
  const columns = await duck.rows(`DESCRIBE SELECT * FROM read_parquet(${pathLiteral(path)})`);
  if (!columns.some((column) => column['column_name'] === 'reading')) return { isText: false, commas: {} };
  const [row] = await duck.rows(`SELECT reading FROM read_parquet(${pathLiteral(path)}) LIMIT 1`);
  const { format, commas } = JSON.parse(String(row?.['reading'] ?? '{}')) as {
    readonly format?: string;
    readonly commas?: Reading['commas'];
  };
  return { isText: format === 'csv', commas: commas ?? {} };
}

/** JSON of a row with its edits; NULL where the row is no JSON object. Numbers keep all of their digits. */
function patched(edits: readonly CellEdit[]): string {
  const patches = edits.map(({ pick: { ruleId, line }, column, value }) => {
    const conditions = [
      ...(ruleId === null ? [] : [`list_contains(rule_ids, ${literal(ruleId)})`]),
      ...(line === null ? [] : [`_line = ${Math.floor(line)}`]),
    ];
    // In a patch null takes the member away, and a cell that is not there is missing.
    const patch = literal(JSON.stringify({ [column]: value }));
    return `CASE WHEN ${conditions.join(' AND ') || 'true'} THEN ${patch} ELSE '{}' END`;
  });
  return `CASE WHEN json_valid(raw) THEN CASE WHEN json_type(raw) = 'OBJECT' THEN
    CAST(json_merge_patch(${['raw', ...patches, "'{}'"].join(', ')}) AS VARCHAR) END END`;
}

/** The cells of a row of CSV as the scan of the file read them, with the edits of people. */
function retold(raw: string, { commas }: Reading, edits: readonly CellEdit[]): string {
  const cells = new Map<string, unknown>(Object.entries(JSON.parse(raw) as Record<string, unknown>));
  for (const [name, cell] of cells)
    if (typeof cell === 'string') cells.set(name, withPoint(cell.replaceAll(blankEnds, ''), commas[name] ?? null));
  for (const { column, value } of edits) cells.set(column, value);
  return JSON.stringify(Object.fromEntries(cells));
}

const blankEnds = /^[ \t\r]+|[ \t\r]+$/g;
