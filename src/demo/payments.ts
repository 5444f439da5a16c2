import type { ReplayBatch, ReplayLabel } from '../replay/replay.ts';
import type { Payment } from '../../simulator/payment.ts';
import { createWorld, type WorldChange } from '../../simulator/world.ts';

/** The payments world as one client sees it: rows in order, and what becomes known about them later. */
export interface PaymentsFeed {
  readonly historyRows: number;
  readonly changes: readonly WorldChange[];
  /** The payment of a live row, from 0. */
  payment(liveRow: number): Payment;
  /** The requests of the live rows [from, to); before each, the labels that have become known by then. */
  batches(from: number, to: number): readonly ReplayBatch[];
  /** Labels that were due before that live row. */
  labelsBefore(liveRow: number): LabelTally;
}

export interface LabelTally {
  /** First reports and corrections, each id once. */
  readonly distinct: number;
  readonly corrections: number;
  readonly duplicates: number;
  readonly byEntityAndTime: number;
  /** Rows whose label never comes. */
  readonly never: number;
  readonly delayRowsMedian: number;
  readonly delayRowsMost: number;
}

interface Report {
  readonly kind: 'first' | 'correction' | 'duplicate';
  readonly dueRow: number;
  readonly delayRows: number;
  readonly label: ReplayLabel;
}

export interface FeedOptions {
  readonly seed: number;
  /** Rows of the world before the first live one. */
  readonly historyRows: number;
  /** Changes of the world, by live row. */
  readonly changes: readonly WorldChange[];
  readonly rowsPerRequest: number;
}

/** One report in four names its payment as the issuer's back office does: by cardholder and instant. */
const byEntityEvery = 4;

export function createPaymentsFeed(options: FeedOptions): PaymentsFeed {
  const { seed, historyRows, rowsPerRequest } = options;
  const changes = options.changes.map(({ atRow, name }) => ({ atRow: historyRows + atRow, name }));
  const world = createWorld({ seed, changes }).skipTo(historyRows);
  const payments: Payment[] = [];
  /** By the live row before which they are sent. */
  const reports = new Map<number, Report[]>();

  function payment(liveRow: number): Payment {
    while (payments.length <= liveRow) {
      const next = world.next();
      payments.push(next);
      for (const report of reportsOf(next, historyRows))
        reports.set(report.dueRow, [...(reports.get(report.dueRow) ?? []), report]);
    }
    const found = payments[liveRow];
    if (found === undefined) throw new RangeError(`there is no live row ${liveRow}`);
    return found;
  }

  /** Reports that came due in the live rows [from, to): sent before row `to`. */
  function due(from: number, to: number): readonly Report[] {
    if (to > 0) payment(to - 1);
    return Array.from({ length: Math.max(0, to - from) }, (_, i) => reports.get(from + i) ?? []).flat();
  }

  function batches(from: number, to: number): readonly ReplayBatch[] {
    const list: ReplayBatch[] = [];
    for (let at = from; at < to; at += rowsPerRequest) {
      const end = Math.min(to, at + rowsPerRequest);
      payment(end - 1);
      list.push({
        labels: due(Math.max(0, at - rowsPerRequest), at).map(({ label }) => label),
        rows: payments
          .slice(at, end)
          .map(({ id, entity, features }) => ({ predictionId: id, cells: { cardholder: entity, ...features } })),
      });
    }
    return list;
  }

  function labelsBefore(liveRow: number): LabelTally {
    const all = due(0, liveRow);
    const of = (kind: Report['kind']) => all.filter((report) => report.kind === kind);
    const delays = of('first')
      .map(({ delayRows }) => delayRows)
      .sort((a, b) => a - b);
    return {
      distinct: of('first').length + of('correction').length,
      corrections: of('correction').length,
      duplicates: of('duplicate').length,
      byEntityAndTime: all.filter(({ label, kind }) => 'entity' in label && kind !== 'duplicate').length,
      never: payments.slice(0, liveRow).filter(({ labelDelayRows }) => labelDelayRows === null).length,
      delayRowsMedian: delays[Math.floor(delays.length / 2)] ?? 0,
      delayRowsMost: delays.at(-1) ?? 0,
    };
  }

  return { historyRows, changes, payment, batches, labelsBefore };
}

/** A correction keeps the way in which the first report named its payment; a duplicate is the first report again. */
function reportsOf(payment: Payment, historyRows: number): readonly Report[] {
  const liveRow = payment.row - historyRows;
  const subject =
    payment.row % byEntityEvery === 0
      ? { entity: payment.entity, time: payment.features.at }
      : { predictionId: payment.id };
  const report = (kind: Report['kind'], delayRows: number, id: string, label: string): Report => ({
    kind,
    dueRow: liveRow + delayRows,
    delayRows,
    label: { labelId: `${payment.id}-${id}`, label, ...subject },
  });
  const { labelDelayRows, correction, duplicateDelayRows } = payment;
  if (labelDelayRows === null) return [];
  return [
    report('first', labelDelayRows, 'first', payment.label),
    ...(correction === null ? [] : [report('correction', correction.delayRows, 'corrected', correction.label)]),
    ...(duplicateDelayRows === null ? [] : [report('duplicate', duplicateDelayRows, 'first', payment.label)]),
  ];
}
