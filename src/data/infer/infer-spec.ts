import { basename } from 'node:path';
import { modelNamePattern } from '../../domain/spec/check-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { listNames, nearestName } from '../../domain/words/nearest-name.ts';
import type { DataFormat } from '../../domain/spec/closed-sets.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { checkedSelect } from '../contract/check-rows.ts';
import { orderKeyOf } from '../read/cells.ts';
import { collectRejects } from '../contract/collect-rejects.ts';
import { withDuck, type Duck, type DuckDbSettings } from '../duck/connect.ts';
import { inferFeatures } from './infer-features.ts';
import { inferTarget } from './infer-target.ts';
import { openTable } from '../read/open-table.ts';
import type { OpenTable } from '../read/table-file.ts';
import { planSpec } from './plan-spec.ts';
import { baseOf, cellText } from '../read/read-lossless.ts';
import { scanColumns } from './scan-columns.ts';

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

/** Fewer labelled rows make no history, no window and no comparison. */
export const usableRowsMin = 300;

/**
 * A whole definition from anyone's table. Throws invalid_data with one sentence and a hint when there is no sensible
 * one.
 */
export async function inferSpec(options: InferOptions): Promise<InferredSpec> {
  const settings = options.settings ?? {};
  const table = await openTable(options.path, { settings });
  const names = table.columns.map((column) => column.name);
  requireColumn(table, '--target', options.target);
  if (options.time !== undefined) requireColumn(table, '--time', options.time);
  if (options.entity !== undefined) requireColumn(table, '--entity', options.entity);
  if (options.time === options.target || options.entity === options.target) {
    throw new PerennialError(
      'invalid_data',
      `${options.target} is named as the target and as ${options.time === options.target ? '--time' : '--entity'}`,
      { path: options.target },
    );
  }
  return withDuck({ ...settings, threads: 1 }, async (duck) => {
    const scans = await scanColumns(duck, table, names, { keepRejects: true });
    const rejected = await collectRejects(duck, table);
    const rows = scans[0]?.rows ?? 0;
    if (rows < usableRowsMin)
      throw tooFew(
        options.path,
        rows,
        rejected === 0 ? 'rows' : `rows that can be read (${rejected} have another number of cells than the header)`,
      );
    const isSorted = options.time === undefined || (await checkTime(duck, table, options.time));
    const historyRows = Math.floor(rows / 5);
    const labelDelay = { rows: options.labelDelayRows ?? Math.max(1, Math.min(500, Math.floor(rows / 20))) };
    if (!Number.isSafeInteger(labelDelay.rows) || labelDelay.rows < 1 || labelDelay.rows >= rows - historyRows) {
      throw new PerennialError(
        'invalid_data',
        `--label-delay ${labelDelay.rows} must be a whole number from 1 to ${rows - historyRows - 1}, or no label ` +
          `would arrive before the table ends`,
        { path: '--label-delay', hint: 'Name a shorter delay.' },
      );
    }
    const inferred = await inferTarget(duck, table, {
      column: options.target,
      positive: options.positive,
      labelDelay,
      historyRows,
    });
    if (inferred.labelled < usableRowsMin)
      throw tooFew(options.path, inferred.labelled, `rows with a value of ${options.target}`);
    const timeScan = scans.find((scan) => scan.name === options.time);
    // A numeric clock only ever grows: a tree learns nothing from it that holds tomorrow. ISO times give hour and
    // weekday.
    const isFeature = (name: string) =>
      name !== options.target && name !== options.entity && (name !== options.time || (timeScan?.times ?? 0) > 0);
    const { features, notes } = inferFeatures(scans.filter((scan) => isFeature(scan.name)));
    if (features.length === 0)
      throw new PerennialError(
        'invalid_data',
        `${options.path} has no column to predict ${options.target} from. ${notes.join(' ')}`.trim(),
        { path: options.path },
      );
    const file = { path: options.path, format: table.format };
    const plan = planSpec({
      name: options.name ?? modelNameOf(options.path),
      file,
      features,
      target: inferred.target,
      standardDeviation: inferred.standardDeviation,
      entity: options.entity === undefined ? null : { column: options.entity },
      eventTime: options.time === undefined ? null : { column: options.time },
      rows,
      historyRows,
    });
    const budget = await quarantineBudget(duck, table, plan, { historyRows, rejected });
    const delayNote =
      options.labelDelayRows === undefined && labelDelay.rows < 500
        ? [
            `Labels are taken to come ${labelDelay.rows} rows late, as the table is small; --label-delay says ` +
              `otherwise.`,
          ]
        : [];
    const sortNote = isSorted
      ? []
      : [`The rows do not stand in the order of ${options.time ?? ''}; they have to be sorted first.`];
    return {
      file,
      spec: { ...plan, contract: { ...plan.contract, quarantineShareMax: budget.shareMax } },
      notes: [...inferred.notes, ...notes, ...delayNote, ...sortNote, ...budget.notes],
      columns: names,
      rows,
      historyRows,
      isSorted,
    };
  });
}

/** Throws one sentence that lists the columns there are, with the name that was probably meant. */
export function requireColumn(table: OpenTable, flag: string, name: string): void {
  const names = table.columns.map((column) => column.name);
  if (names.includes(name)) return;
  const nearest = nearestName(name, names);
  const meant = nearest === null ? '' : `; did you mean ${nearest}?`;
  throw new PerennialError(
    'invalid_data',
    `${flag} ${name}: ${table.path} has no such column, it has ${listNames(names)}${meant}`,
    { path: flag, hint: `Name one of the columns with ${flag}.` },
  );
}

function tooFew(path: string, rows: number, what: string): PerennialError {
  return new PerennialError('invalid_data', `${path} has ${rows} ${what}; at least ${usableRowsMin} are needed`, {
    path,
    hint: 'Use a longer table, or repair the rows.',
  });
}

/** True when the rows stand in order of time. Throws when the column holds no times. */
async function checkTime(duck: Duck, table: OpenTable, name: string): Promise<boolean> {
  const [row] = await duck.rows(`SELECT CAST(count(key) AS DOUBLE) AS timed, CAST(count(text) AS DOUBLE) AS present,
      any_value(text) AS example, count_if(key < previous) = 0 AS sorted FROM (
    SELECT key, text, lag(key) OVER (ORDER BY n) AS previous FROM (SELECT n, text, ${orderKeyOf('text')} AS key FROM
    (SELECT n, ${cellText(table, name, 'time')} AS text FROM ${baseOf(table)})))`);
  if (Number(row?.['timed'] ?? 0) < Number(row?.['present'] ?? 0) * 0.9 || Number(row?.['timed'] ?? 0) === 0) {
    throw new PerennialError(
      'invalid_data',
      `--time ${name}: values like ${String(row?.['example'] ?? '(empty)')} are neither ISO 8601 times ` +
        `(2026-05-03T14:03:00Z) nor numbers`,
      {
        path: '--time',
        hint: 'Name another column with --time, or leave it out if the rows stand in order of time.',
      },
    );
  }
  return row?.['sorted'] === true;
}

/**
 * The default budget, or as much more as this table is seen to need (with a note): refusing it would help nobody here.
 */
async function quarantineBudget(
  duck: Duck,
  table: OpenTable,
  spec: ModelSpec,
  { historyRows, rejected }: { readonly historyRows: number; readonly rejected: number },
): Promise<{ readonly shareMax: number; readonly notes: readonly string[] }> {
  const { sql } = checkedSelect(table, spec, 'refuse');
  const [row] = await duck.rows(
    `SELECT CAST(count_if(bad) AS DOUBLE) AS bad, CAST(count(*) AS DOUBLE) AS rows, CAST(count_if(bad AND n <=
      ${historyRows}) AS DOUBLE) AS early FROM (${sql})`,
  );
  const usable = historyRows - Number(row?.['early'] ?? 0);
  if (usable < usableRowsMin / 10)
    throw new PerennialError(
      'invalid_data',
      `only ${usable} of the first ${historyRows} rows, which are the history, can be used`,
      { path: table.path },
    );
  // Rejected rows could all lie in the history; the budget must not fail then.
  const share = Math.max(
    (Number(row?.['bad'] ?? 0) + rejected) / (Number(row?.['rows'] ?? 0) + rejected),
    (Number(row?.['early'] ?? 0) + rejected) / (historyRows + rejected),
  );
  if (share <= spec.contract.quarantineShareMax / 2) return { shareMax: spec.contract.quarantineShareMax, notes: [] };
  const shareMax = Math.min(0.95, Math.ceil((share * 1.5 + 0.02) * 100) / 100);
  return {
    shareMax,
    notes: [
      `${(100 * share).toFixed(1)} % of the rows cannot be used (no label, or a value of another type); the contract ` +
        `allows ${Math.round(100 * shareMax)} %.`,
    ],
  };
}

/** `Power Data (1).csv.gz` gives `power-data-1`. */
export function modelNameOf(path: string): string {
  const stem = basename(path)
    .replace(/\.(gz)$/i, '')
    .replace(/\.[^.]*$/, '');
  const plain = stem
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replaceAll(/^[-_]+|[-_]+$/g, '')
    .slice(0, 40);
  const name = /^[a-z]/.test(plain) ? plain : `table-${plain}`.replace(/-$/, '');
  return modelNamePattern.test(name) ? name : 'table';
}
