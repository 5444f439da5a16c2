import type { MissingPolicy } from '../../domain/spec/closed-sets.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import { isAboutView } from '../../domain/spec/columns/rule-subject.ts';
import { columnsNamedBy } from '../../domain/spec/columns/columns-named-by.ts';
import type { RuleCount } from '../../domain/training/snapshot.ts';
import type { Duck, DuckDbSettings } from '../duck/connect.ts';
import { withTable } from '../read/open-table.ts';
import { baseOf, rawRow } from '../read/read-lossless.ts';
import type { OpenTable } from '../read/table-file.ts';
import { validateTable, type ValidationReport } from './validate.ts';

/** A row that broke a rule, as it stands in the file. */
export interface BrokenRow {
  /** In the file, header included; of Parquet, the number of the row. */
  readonly line: number;
  /** Cut to 300 characters. */
  readonly raw: string;
}

export type CheckedRule = RuleCount & { readonly examples: readonly BrokenRow[] };

/** What a contract says of a file. */
export interface FileCheck extends Pick<
  ValidationReport,
  'rows' | 'accepted' | 'labelled' | 'quarantined' | 'verdict' | 'text'
> {
  /** Rules that were broken, warnings too, the most rows first. */
  readonly rules: readonly CheckedRule[];
  /** Rules that were left out because they ask a view. */
  readonly notAsked: readonly string[];
  /** What was found in the file and decided about its lines. */
  readonly readingNotes: readonly string[];
}

interface CheckFileOptions {
  readonly path: string;
  readonly spec: RowsSpec;
  /** `allow` for rows whose labels are not there yet. */
  readonly unlabelled: MissingPolicy;
  /** Clock for freshness rules (default: now). */
  readonly nowMs?: number;
  /** Rules that ask views are left out, and named in `notAsked`: their rows are not on this machine. */
  readonly isWithoutViews?: boolean;
  readonly settings?: DuckDbSettings;
}

const examplesPerRule = 3;
const rawCharactersMax = 300;

/**
 * The scan that an ingest makes, of a file on this machine: nothing is stored, and no server is asked. Throws
 * invalid_data when the file cannot be read, or lacks a declared column.
 */
export async function checkFile({
  path,
  spec,
  unlabelled,
  nowMs,
  isWithoutViews = false,
  settings = {},
}: CheckFileOptions): Promise<FileCheck> {
  // Where no labels are due, whether there is a column for them is no matter either.
  const asked = unlabelled === 'allow' ? { ...spec, target: null } : spec;
  return withTable(path, { settings }, async (table, duck) => {
    const contract = withoutTarget(spec, asked);
    const notAsked = isWithoutViews ? contract.rules.filter(isAboutView) : [];
    const rules = contract.rules.filter((rule) => !notAsked.some(({ id }) => id === rule.id));
    const named = { ...asked, contract: { ...contract, rules } };
    const report = await validateTable(duck, table, named, { unlabelled, nowMs: nowMs ?? Date.now() });
    const { rows, accepted, labelled, quarantined, verdict, text } = report;
    const examples = await examplesOf(duck, table);
    const broken = [...report.ruleCounts]
      .sort((left, right) => right.rows - left.rows || (left.ruleId < right.ruleId ? -1 : 1))
      .map((count) => ({ ...count, examples: examples.get(count.ruleId) ?? [] }));
    return {
      rows,
      accepted,
      labelled,
      quarantined,
      verdict,
      text,
      rules: broken,
      notAsked: notAsked.map(({ id }) => id),
      readingNotes: table.text?.notes ?? [],
    };
  });
}

/** Without the rules that speak of a target that is not asked for. */
function withoutTarget({ contract, target }: RowsSpec, asked: RowsSpec): RowsSpec['contract'] {
  if (target === null || asked.target !== null) return contract;
  return { ...contract, rules: contract.rules.filter((rule) => !columnsNamedBy(rule).includes(target.column)) };
}

/** The first rows of each rule, after `validateTable` has left its tables. */
async function examplesOf(duck: Duck, table: OpenTable): Promise<ReadonlyMap<string, readonly BrokenRow[]>> {
  const rows = await duck.rows(`WITH broken AS (
      SELECT id, n, line FROM (SELECT unnest(ids) AS id, n, line FROM checked)
      QUALIFY row_number() OVER (PARTITION BY id ORDER BY n) <= ${examplesPerRule}),
    unread AS (SELECT rule AS id, line, raw FROM rejected_rows
      QUALIFY row_number() OVER (PARTITION BY rule ORDER BY line) <= ${examplesPerRule})
    SELECT id, CAST(line AS DOUBLE) AS line, left(CAST(raw AS VARCHAR), ${rawCharactersMax}) AS raw FROM (
      SELECT broken.id, broken.line, ${rawRow(table)} AS raw FROM ${baseOf(table)} AS source
        JOIN broken ON source.n = broken.n
      UNION ALL SELECT id, line, raw FROM unread) ORDER BY line, id`);
  const found = new Map<string, BrokenRow[]>();
  for (const row of rows) {
    const id = String(row['id']);
    const list = found.get(id) ?? [];
    list.push({ line: Number(row['line']), raw: String(row['raw'] ?? '') });
    found.set(id, list);
  }
  return found;
}
