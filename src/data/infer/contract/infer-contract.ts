import { ownRowsOf } from '../../../domain/spec/columns/pins.ts';
import { defaultContract } from '../../../domain/spec/default-spec.ts';
import type { RowsSpec } from '../../../domain/spec/columns/rows-spec.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { sayCount, sayMany } from '../../../domain/words/say.ts';
import type { DuckDbSettings } from '../../duck/connect.ts';
import { withTable } from '../../read/open-table.ts';
import type { ColumnScan } from '../columns/column-scan.ts';
import { readEventTime } from '../columns/event-time.ts';
import type { GuessOptions } from '../columns/guess.ts';
import { guessCodes } from '../columns/guess-kind.ts';
import { scanColumns } from '../columns/scan-columns.ts';
import { inferFeatures } from '../infer-features.ts';
import { inferTarget } from '../infer-target.ts';
import { followFile } from './follow-file.ts';
import type { LookedAt } from './looked-at.ts';
import { modelNameOf } from '../name-model.ts';
import { requireColumn } from '../require-column.ts';
import { sayAssumed, tightened } from './tighten-feature.ts';

export interface InferContractOptions extends GuessOptions {
  readonly path: string;
  /** Name of the contract; from the file name when absent. */
  readonly name?: string;
  readonly target?: string;
  readonly positive?: string;
  readonly time?: string;
  readonly entity?: string;
  /** The contract to start from: what the file keeps of it stays, and what it breaks is changed. */
  readonly against?: RowsSpec;
  readonly settings?: DuckDbSettings;
}

export interface InferredContract {
  readonly spec: RowsSpec;
  /** Rows of the file that could be read. */
  readonly rows: number;
  /** What was assumed, left out or changed, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * A contract that every row of a file keeps, for a person to accept. With a contract to start from, it is that one with
 * the changes that the file asks for. Throws invalid_data with one sentence when the file cannot be read as a table.
 */
export async function inferContract(options: InferContractOptions): Promise<InferredContract> {
  const { settings = {} } = options;
  return withTable(options.path, { settings }, async (table, duck) => {
    const names = table.columns.map(({ name }) => name);
    const scans = await scanColumns(duck, table, names);
    const rows = scans[0]?.rows ?? 0;
    if (rows === 0)
      throw new PerennialError('invalid_data', `${options.path} has no row that can be read`, { path: options.path });
    const look = { duck, table, scans, rows };
    const { spec, notes } =
      options.against === undefined
        ? await fromFile(look, options)
        : await followFile(look, ownRowsOf(options.against));
    return { spec, rows, notes: [...(table.text?.notes ?? []), ...notes] };
  });
}

async function fromFile(
  { duck, table, scans, rows }: LookedAt,
  options: InferContractOptions,
): Promise<Pick<InferredContract, 'spec' | 'notes'>> {
  const { target, time, entity } = options;
  for (const [flag, column] of [
    ['--target', target],
    ['--time', time],
    ['--entity', entity],
  ] as const)
    if (column !== undefined) requireColumn(table, flag, column);
  const eventTime = await readEventTime(duck, table, scans, options);
  const isFeature = ({ name }: ColumnScan) =>
    name !== target && name !== entity && (name !== time || eventTime?.isTime === true);
  const named = [time, entity].filter((name) => name !== undefined);
  const inferred = inferFeatures(scans.filter(isFeature), {
    target: target ?? '',
    named,
    clocks: new Set(),
    ...(options.dateOrder === undefined ? {} : { dateOrder: options.dateOrder }),
    ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }),
  });
  if (inferred.features.length === 0)
    throw new PerennialError(
      'invalid_data',
      `No contract can be made of ${options.path}. ${inferred.notes.join(' ')}`,
      {
        path: options.path,
      },
    );
  const assumed = await Promise.all(
    inferred.features.map((feature) => tightened({ duck, table, scans, rows }, feature)),
  );
  const labels = target === undefined ? null : await targetOf({ duck, table, scans, rows }, target, options.positive);
  const spec: RowsSpec = {
    name: options.name ?? modelNameOf(options.path),
    entity: entity === undefined ? null : { column: entity },
    eventTime: eventTime === null ? null : { column: eventTime.column, ...(eventTime.isTime ? {} : eventTime.reading) },
    features: assumed.map(({ feature }) => feature),
    target: labels?.target ?? null,
    contract: defaultContract,
  };
  return {
    spec,
    notes: [
      `Assumed from ${sayMany(rows, 'row')}; a rule that holds in them may not hold in the next.`,
      ...(labels?.notes ?? []),
      ...inferred.notes,
      ...(eventTime?.notes ?? []),
      ...sayAssumed(assumed),
    ],
  };
}

async function targetOf({ duck, table, scans, rows }: LookedAt, column: string, positive: string | undefined) {
  const scan = scans.find(({ name }) => name === column);
  const isCoded = scan !== undefined && guessCodes(scan) !== null;
  const labelDelay = { rows: 1 };
  const inferred = await inferTarget(duck, table, { column, positive, labelDelay, historyRows: rows, isCoded });
  return { ...inferred, notes: [...inferred.notes, `${sayCount(inferred.labelled)} rows have a label.`] };
}
