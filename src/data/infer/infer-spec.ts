import { PerennialError } from '../../domain/words/errors.ts';
import type { DataFormat } from '../../domain/spec/closed-sets.ts';
import { misnomerOf } from '../../domain/spec/columns/column-name.ts';
import type { FeatureSpec, ModelSpec } from '../../domain/spec/spec.ts';
import { collectRejects } from '../contract/collect-rejects.ts';
import type { Duck, DuckDbSettings } from '../duck/connect.ts';
import { withTable } from '../read/open-table.ts';
import type { OpenTable } from '../read/table-file.ts';
import type { LineAccount } from '../../domain/training/line-account.ts';
import { checkTime } from './check-time.ts';
import { inferFeatures } from './infer-features.ts';
import { inferTarget } from './infer-target.ts';
import { labelDelayNotes, labelDelayOf } from './label-delay.ts';
import { modelNameOf } from './name-model.ts';
import { planSpec } from './plan-spec.ts';
import { quarantineBudget } from './quarantine-budget.ts';
import { requireColumn } from './require-column.ts';
import type { ColumnScan } from './columns/column-scan.ts';
import { readEventTime, type EventTimeRead } from './columns/event-time.ts';
import { findClocks } from './columns/find-clocks.ts';
import type { GuessOptions } from './columns/guess.ts';
import { guessCodes } from './columns/guess-kind.ts';
import { scanColumns } from './columns/scan-columns.ts';
import { tooFew, usableRowsMin } from './usable-rows.ts';

export interface InferOptions extends GuessOptions {
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
  /** Where the lines of the file went; null for Parquet. */
  readonly lines: LineAccount | null;
  /** What was found in the file and decided about its lines; among the notes as well. */
  readonly readingNotes: readonly string[];
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
  return withTable(options.path, { settings }, (table, duck) => inferFrom(duck, table, options));
}

async function inferFrom(duck: Duck, table: OpenTable, options: InferOptions): Promise<InferredSpec> {
  checkRoles(table, options);
  const columns = table.columns.map((column) => column.name);
  const scans = await scanColumns(duck, table, columns);
  const rejected = await collectRejects(duck, table);
  const rows = rowsOf(scans, table);
  const eventTime = await readEventTime(duck, table, scans, options);
  const isSorted = eventTime === null || (await checkTime(duck, table, eventTime.column, eventTime.reading));
  const historyRows = Math.floor(rows / 5);
  const { plan, notes } = await planTable(duck, table, options, { scans, rows, historyRows, eventTime });
  const budget = await quarantineBudget(duck, table, plan, { historyRows, rejected });
  const sortNotes = isSorted
    ? []
    : [`The rows do not stand in the order of ${options.time ?? ''}; they have to be sorted first.`];
  return {
    spec: { ...plan, contract: { ...plan.contract, quarantineShareMax: budget.shareMax } },
    file: { path: options.path, format: table.format },
    notes: [...(table.text?.notes ?? []), ...notes, ...sortNotes, ...budget.notes],
    lines: table.text?.tally.account ?? null,
    readingNotes: table.text?.notes ?? [],
    columns,
    rows,
    historyRows,
    isSorted,
  };
}

/** Target, time and entity are columns of the table, and the target is nothing else. */
function checkRoles(table: OpenTable, { target, time, entity }: InferOptions): void {
  requireColumn(table, '--target', target);
  if (time !== undefined) requireColumn(table, '--time', time);
  if (entity !== undefined) requireColumn(table, '--entity', entity);
  refuseMisnomer('--target', target);
  if (time !== undefined) refuseMisnomer('--time', time);
  if (entity !== undefined) refuseMisnomer('--entity', entity);
  if (time !== target && entity !== target) return;
  throw new PerennialError(
    'invalid_data',
    `${target} is named as the target and as ${time === target ? '--time' : '--entity'}`,
    { path: target },
  );
}

/** Said before anything is trained: the definition would be refused with it. */
function refuseMisnomer(flag: string, name: string): void {
  const misnomer = misnomerOf(name);
  if (misnomer === null) return;
  throw new PerennialError('invalid_data', `${flag} ${JSON.stringify(name)} cannot be a column name: it ${misnomer}`, {
    path: flag,
    hint: 'Rename the column in the table.',
  });
}

function rowsOf(scans: readonly ColumnScan[], { name, text }: OpenTable): number {
  const rows = scans[0]?.rows ?? 0;
  if (rows >= usableRowsMin) return rows;
  const unread =
    text === null || text.tally.account.unreadable === 0
      ? ''
      : ` that can be read (${text.notes.join(' ').replace(/\.$/, '')})`;
  throw tooFew(name, rows, `rows${unread}`);
}

/** Target and features as the cells show them, and everything else scaled to the size of the table. */
async function planTable(
  duck: Duck,
  table: OpenTable,
  options: InferOptions,
  size: {
    readonly scans: readonly ColumnScan[];
    readonly rows: number;
    readonly historyRows: number;
    readonly eventTime: EventTimeRead | null;
  },
): Promise<{ readonly plan: ModelSpec; readonly notes: readonly string[] }> {
  const { scans, rows, historyRows, eventTime } = size;
  const labelDelay = { rows: labelDelayOf(options.labelDelayRows, rows, historyRows) };
  const targetScan = scans.find(({ name }) => name === options.target);
  const codes = targetScan === undefined ? null : guessCodes(targetScan);
  const inferred = await inferTarget(duck, table, {
    column: options.target,
    positive: options.positive,
    labelDelay,
    historyRows,
    isCoded: codes !== null,
  });
  if (inferred.labelled < usableRowsMin)
    throw tooFew(options.path, inferred.labelled, `rows with a value of ${options.target}`);
  const { features, notes } = await featuresOf(duck, table, options, size);
  const plan = planSpec({
    name: options.name ?? modelNameOf(options.path),
    file: { path: options.path, format: table.format },
    features,
    target: inferred.target,
    standardDeviation: inferred.standardDeviation,
    entity: options.entity === undefined ? null : { column: options.entity },
    eventTime: eventTime === null ? null : { column: eventTime.column, ...(eventTime.isTime ? {} : eventTime.reading) },
    rows,
    historyRows,
  });
  return {
    plan,
    notes: [
      ...(codes?.notes.slice(0, 1) ?? []),
      ...inferred.notes,
      ...notes,
      ...(eventTime?.notes ?? []),
      ...labelDelayNotes(options.labelDelayRows, labelDelay.rows),
    ],
  };
}

/**
 * Every other column is a feature. A numeric clock is none: it only ever grows, so a tree learns nothing from it that
 * holds tomorrow; times give hour and weekday.
 */
async function featuresOf(
  duck: Duck,
  table: OpenTable,
  { path, target, time, entity, dateOrder, timeZone }: InferOptions,
  {
    scans,
    historyRows,
    eventTime,
  }: { readonly scans: readonly ColumnScan[]; readonly historyRows: number; readonly eventTime: EventTimeRead | null },
): Promise<{ readonly features: readonly FeatureSpec[]; readonly notes: readonly string[] }> {
  const isFeature = ({ name }: ColumnScan) =>
    name !== target && name !== entity && (name !== time || eventTime?.isTime === true);
  const others = scans.filter(isFeature);
  const numbers = others.filter((scan) => scan.numbers > 0).map(({ name }) => name);
  const inferred = inferFeatures(others, {
    target,
    named: [time, entity].filter((name) => name !== undefined),
    clocks: await findClocks(duck, table, numbers, historyRows),
    ...(dateOrder === undefined ? {} : { dateOrder }),
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  if (inferred.features.length > 0) return inferred;
  throw new PerennialError(
    'invalid_data',
    `${path} has no column to predict ${target} from. ${inferred.notes.join(' ')}`.trim(),
    { path },
  );
}
