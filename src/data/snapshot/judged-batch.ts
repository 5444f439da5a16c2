import { sayCheck, strikes } from '../../domain/contract/batch/batch-check.ts';
import { noHistory, type BatchHistory } from '../../domain/contract/batch/batch-facts.ts';
import { keptColumns } from '../../domain/contract/batch/compare-schemas.ts';
import { judgeBatch } from '../../domain/contract/batch/judge-batch.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import { isAboutHistory } from '../../domain/spec/columns/rule-subject.ts';
import type { ContractRule } from '../../domain/spec/spec.ts';
import type { ColumnSummary, RuleCount, SnapshotManifest } from '../../domain/training/snapshot.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { OpenTable } from '../read/table-file.ts';
import type { FiguresAsked } from './profile-table.ts';

interface JudgedBatch {
  readonly broken: readonly RuleCount[];
  /** What the manifest says of it: nothing where no rule asks. */
  readonly kept: Pick<SnapshotManifest, 'batchChecks' | 'sourceColumns'>;
}

/** What rules about batches before ask of the columns, so that the profile has it. */
export function figuresAsked({ contract: { rules } }: Pick<RowsSpec, 'contract'>): FiguresAsked {
  const columnsOf = (...kinds: readonly ContractRule['rule'][]): ReadonlySet<string> =>
    new Set(rules.flatMap((rule) => (kinds.includes(rule.rule) && 'column' in rule ? [rule.column] : [])));
  return { values: columnsOf('shareChange', 'distance'), deviations: columnsOf('meanShift', 'spreadShift') };
}

/**
 * Holds a batch against those before it, by its profile: nothing is read again. Throws contract_rejected where a rule
 * that rejects is broken, or could not be asked.
 */
export function judgedBatch(
  input: {
    readonly spec: RowsSpec;
    readonly table: { readonly name: string };
    readonly history?: BatchHistory;
    readonly isLogged?: boolean;
  },
  { columns }: Pick<OpenTable, 'columns'>,
  { rows }: { readonly rows: number },
  profile: readonly ColumnSummary[],
  quarantineDigest: string | null,
): JudgedBatch {
  const asked = input.spec.contract.rules.filter(isAboutHistory);
  if (asked.length === 0 || input.isLogged === true) return { broken: [], kept: {} };
  const sourceColumns = asked.some(({ rule }) => rule === 'schemaChange') ? keptColumns(columns) : null;
  const checks = judgeBatch(asked, { rows, profile, sourceColumns }, input.history ?? noHistory);
  const struck = checks.filter(strikes);
  const refusing = struck.filter(({ severity }) => severity === 'reject');
  if (refusing.length > 0)
    throw new PerennialError(
      'contract_rejected',
      `${input.table.name}: held against the batches before, the contract refuses the whole batch: ` +
        refusing.map(sayCheck).join('; '),
      { path: quarantineDigest ?? input.table.name },
    );
  return {
    broken: struck.map((check) => ({
      ruleId: check.ruleId,
      severity: check.severity,
      rows: 1,
      line: null,
      about: check.verdict === 'failed' ? `could not be asked: ${check.about}` : check.about,
    })),
    kept: { batchChecks: checks, ...(sourceColumns === null ? {} : { sourceColumns }) },
  };
}
