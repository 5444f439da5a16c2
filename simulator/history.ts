import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

import { dirtKinds, spoil, type DirtKind } from './dirty-rows.ts';
import type { Outcome, Payment } from './payment.ts';
import { createWorld, type WorldChange } from './world.ts';

export interface HistoryOptions {
  readonly seed: number;
  readonly changes?: readonly WorldChange[];
  /** First row of the world to export; 0 when absent. */
  readonly fromRow?: number;
  /** Adds the column `merchantRisk`, which only the warehouse knows. */
  readonly includeMerchantRisk?: boolean;
  /** How many rows are spoilt, spread evenly over the file, kinds in turn. */
  readonly dirtyRows?: number;
}

export interface WrittenHistory {
  readonly path: string;
  /** Data lines in the file, dirty ones and duplicates included. */
  readonly lines: number;
  /** Line numbers as an editor shows them (the header is 1), with what is wrong there. */
  readonly dirty: readonly { readonly line: number; readonly kind: DirtKind }[];
  /** First row of the world that is not in the export. */
  readonly nextRow: number;
}

const featureColumns = [
  'at',
  'amount',
  'amountToUsual',
  'merchantCategory',
  'country',
  'foreign',
  'channel',
  'deviceAgeDays',
  'accountAgeDays',
  'minutesSinceLast',
  'attemptsLastHour',
] as const;

/**
 * Exports `rows` rows of the world as CSV, as a warehouse would at the end of them: with the labels known by then, and
 * without the rows whose label had not come. The file appears whole (written beside, then renamed).
 */
export function writeHistory(path: string, rows: number, options: HistoryOptions): WrittenHistory {
  const fromRow = options.fromRow ?? 0;
  const nextRow = fromRow + rows;
  const world = createWorld(options).skipTo(fromRow);
  const columns = [
    'cardholder',
    ...featureColumns,
    ...(options.includeMerchantRisk === true ? ['merchantRisk'] : []),
    'outcome',
  ];
  const dirtyEvery =
    options.dirtyRows === undefined || options.dirtyRows < 1
      ? Infinity
      : Math.max(1, Math.floor(rows / (options.dirtyRows + 1)));
  const dirty: { line: number; kind: DirtKind }[] = [];
  let lines = 0;
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.part`;
  const file = openSync(part, 'w');
  try {
    const write = createWriter((text) => writeSync(file, text));
    write(columns.join(','));
    for (let i = 0; i < rows; i++) {
      const payment = world.next();
      const outcome = knownOutcome(payment, nextRow);
      if (outcome === null) continue;
      const cells = cellsOf(payment, outcome);
      const kind =
        dirty.length < (options.dirtyRows ?? 0) && i >= (dirty.length + 1) * dirtyEvery
          ? dirtKinds[dirty.length % dirtKinds.length]
          : undefined;
      const line = columns.map((column) => (kind === undefined ? cells : spoil(cells, kind))[column] ?? '').join(',');
      write(line);
      lines++;
      if (kind === undefined) continue;
      if (kind === 'duplicate') {
        write(line);
        lines++;
      }
      dirty.push({ line: lines + 1, kind });
    }
    write.flush();
  } finally {
    closeSync(file);
  }
  renameSync(part, path);
  return { path, lines, dirty, nextRow };
}

/** The latest report that had arrived when the export was taken; null when none had. */
function knownOutcome(payment: Payment, exportRow: number): Outcome | null {
  if (payment.labelDelayRows === null || payment.row + payment.labelDelayRows >= exportRow) return null;
  const { correction } = payment;
  return correction !== null && payment.row + correction.delayRows < exportRow ? correction.label : payment.label;
}

function cellsOf(payment: Payment, outcome: Outcome): { readonly [column: string]: string } {
  const cells: { [column: string]: string } = {
    cardholder: payment.entity,
    outcome,
    merchantRisk: String(payment.warehouse.merchantRisk),
  };
  for (const column of featureColumns) {
    const value = payment.features[column];
    cells[column] = value === null ? '' : String(value);
  }
  return cells;
}

/** Gathers lines so that the disk sees blocks; no value of this world needs quoting. */
function createWriter(sink: (text: string) => void): ((line: string) => void) & { flush(): void } {
  let pending: string[] = [];
  const flush = () => {
    if (pending.length > 0) sink(`${pending.join('\n')}\n`);
    pending = [];
  };
  const write = (line: string) => {
    pending.push(line);
    if (pending.length >= 1_000) flush();
  };
  return Object.assign(write, { flush });
}
