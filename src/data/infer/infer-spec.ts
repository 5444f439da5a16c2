import { PerennialError } from '../../domain/words/errors.ts';
import type { DataFormat } from '../../domain/spec/closed-sets.ts';
import type { FeatureSpec, ModelSpec } from '../../domain/spec/spec.ts';
import { collectRejects } from '../contract/collect-rejects.ts';
import { withDuck, type Duck, type DuckDbSettings } from '../duck/connect.ts';
import { openTable } from '../read/open-table.ts';
import type { OpenTable } from '../read/table-file.ts';
import { checkTime } from './check-time.ts';
import { inferFeatures } from './infer-features.ts';
import { missingNotes } from './class-tokens.ts';
import { inferTarget } from './infer-target.ts';
import { labelDelayNotes, labelDelayOf } from './label-delay.ts';
import { modelNameOf } from './name-model.ts';
import { planSpec } from './plan-spec.ts';
import { quarantineBudget } from './quarantine-budget.ts';
import { requireColumn } from './require-column.ts';
import { scanColumns, type ColumnScan } from './scan-columns.ts';
import { tooFew, usableRowsMin } from './usable-rows.ts';

export interface InferOptions {
  readonly path: string;
  /** Name of the model; from the file name when absent. */
  readonly name?: string;
  readonly target: string;
  readonly time?: string;
  readonly positive?: string;
  readonly entity?: string;
  /** Rows by which labels come late; default 500, less for small tables. */
  readonly labelDelayRows?: number;
  readonly settings?: DuckDbSettings;
}

export interface InferredSpec {
  readonly spec: ModelSpec;
  /** The table that was looked at, and that the definition names as its source. */
  readonly file: { readonly path: string; readonly format: DataFormat };
  /** What was assumed or left out, one sentence each. */
  readonly notes: readonly string[];
  readonly columns: readonly string[];
  /** Readable rows of the table. */
  readonly rows: number;
  /** The first fifth: what the declared source is limited to. */
  readonly historyRows: number;
  /** False when a time column is named and the rows do not stand in its order: `inferInOrder` sorts them first. */
  readonly isSorted: boolean;
}

/**
 * A whole definition from anyone's table. Throws invalid_data with one sentence and a hint when there is no sensible
 * one.
 */
export async function inferSpec(options: InferOptions): Promise<InferredSpec> {
  const settings = options.settings ?? {};
  const table = await openTable(options.path, { settings });
  checkRoles(table, options);
  return withDuck({ ...settings, threads: 1 }, async (duck) => {
    const columns = table.columns.map((column) => column.name);
    const scans = await scanColumns(duck, table, columns, { shouldKeepRejects: true });
    const rejected = await collectRejects(duck, table);
    const rows = rowsOf(scans, rejected, options.path);
    const isSorted = options.time === undefined || (await checkTime(duck, table, options.time));
    const historyRows = Math.floor(rows / 5);
    const { plan, notes } = await planTable(duck, table, options, { scans, rows, historyRows });
    const budget = await quarantineBudget(duck, table, plan, { historyRows, rejected });
    const sortNotes = isSorted
      ? []
      : [`The rows do not stand in the order of ${options.time ?? ''}; they have to be sorted first.`];
    return {
      spec: { ...plan, contract: { ...plan.contract, quarantineShareMax: budget.shareMax } },
      file: { path: options.path, format: table.format },
      notes: [...notes, ...sortNotes, ...budget.notes],
      columns,
      rows,
      historyRows,
      isSorted,
    };
  });
}

/** Target, time and entity are columns of the table, and the target is nothing else. */
function checkRoles(table: OpenTable, { target, time, entity }: InferOptions): void {
  requireColumn(table, '--target', target);
  if (time !== undefined) requireColumn(table, '--time', time);
  if (entity !== undefined) requireColumn(table, '--entity', entity);
  if (time !== target && entity !== target) return;
  throw new PerennialError(
    'invalid_data',
    `${target} is named as the target and as ${time === target ? '--time' : '--entity'}`,
    { path: target },
  );
}

function rowsOf(scans: readonly ColumnScan[], rejected: number, path: string): number {
  const rows = scans[0]?.rows ?? 0;
  if (rows >= usableRowsMin) return rows;
  const isRagged = rejected > 0;
  throw tooFew(
    path,
    rows,
    isRagged ? `rows that can be read (${rejected} have another number of cells than the header)` : 'rows',
  );
}

/** Target and features as the cells show them, and everything else scaled to the size of the table. */
async function planTable(
  duck: Duck,
  table: OpenTable,
  options: InferOptions,
  size: { readonly scans: readonly ColumnScan[]; readonly rows: number; readonly historyRows: number },
): Promise<{ readonly plan: ModelSpec; readonly notes: readonly string[] }> {
  const { scans, rows, historyRows } = size;
  const labelDelay = { rows: labelDelayOf(options.labelDelayRows, rows, historyRows) };
  const inferred = await inferTarget(duck, table, {
    column: options.target,
    positive: options.positive,
    labelDelay,
    historyRows,
  });
  if (inferred.labelled < usableRowsMin)
    throw tooFew(options.path, inferred.labelled, `rows with a value of ${options.target}`);
  const { features, notes } = featuresOf(scans, options);
  const plan = planSpec({
    name: options.name ?? modelNameOf(options.path),
    file: { path: options.path, format: table.format },
    features,
    target: inferred.target,
    standardDeviation: inferred.standardDeviation,
    entity: options.entity === undefined ? null : { column: options.entity },
    eventTime: options.time === undefined ? null : { column: options.time },
    rows,
    historyRows,
  });
  return {
    plan,
    notes: [
      ...inferred.notes,
      ...notes,
      ...(await missingNotes(duck, table, features)),
      ...labelDelayNotes(options.labelDelayRows, labelDelay.rows),
    ],
  };
}

/**
 * Every other column is a feature. A numeric clock is none: it only ever grows, so a tree learns nothing from it that
 * holds tomorrow; ISO times give hour and weekday.
 */
function featuresOf(
  scans: readonly ColumnScan[],
  { path, target, time, entity }: InferOptions,
): { readonly features: readonly FeatureSpec[]; readonly notes: readonly string[] } {
  const hasTimes = (scans.find((scan) => scan.name === time)?.times ?? 0) > 0;
  const isFeature = ({ name }: ColumnScan) => name !== target && name !== entity && (name !== time || hasTimes);
  const inferred = inferFeatures(scans.filter(isFeature));
  if (inferred.features.length > 0) return inferred;
  throw new PerennialError(
    'invalid_data',
    `${path} has no column to predict ${target} from. ${inferred.notes.join(' ')}`.trim(),
    { path },
  );
}
