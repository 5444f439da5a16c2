import type { changeNames, channels, countries, merchantCategories } from './vocabulary.ts';

export type MerchantCategory = (typeof merchantCategories)[number];
export type Country = (typeof countries)[number];
export type Channel = (typeof channels)[number];
export type ChangeName = (typeof changeNames)[number];
export type Outcome = 'fraud' | 'genuine';

/** What is known when a payment is authorised: the row that a client sends. */
export interface PaymentFeatures {
  /** ISO 8601, UTC; also the event time. */
  readonly at: string;
  /** EUR. */
  readonly amount: number;
  /** Amount over what this cardholder usually pays. */
  readonly amountToUsual: number;
  readonly merchantCategory: MerchantCategory;
  /** Of the merchant; null when the acquirer did not send it. */
  readonly country: Country | null;
  readonly foreign: boolean | null;
  readonly channel: Channel;
  /** Null where the browser hides it. */
  readonly deviceAgeDays: number | null;
  readonly accountAgeDays: number;
  /** Null for a first payment. */
  readonly minutesSinceLast: number | null;
  readonly attemptsLastHour: number;
}

/**
 * Computed by the warehouse at night from chargebacks that are already known: rich in history, absent when it matters.
 */
export interface WarehouseFeatures {
  readonly merchantRisk: number;
}

/** One attempted payment, with everything that will become known about it. */
export interface Payment {
  /** Position in the world's stream, from 0. */
  readonly row: number;
  /** Deterministic prediction id. */
  readonly id: string;
  readonly eventTimeMs: number;
  /** Cardholder id. */
  readonly entity: string;
  readonly features: PaymentFeatures;
  readonly warehouse: WarehouseFeatures;
  /** True EUR amount, also after a unit change upstream. */
  readonly amount: number;
  /** What really happened. */
  readonly truth: Outcome;
  /** What is reported first; differs from `truth` when it is corrected later. */
  readonly label: Outcome;
  /** The first report arrives when this many further rows have passed; null: never. */
  readonly labelDelayRows: number | null;
  /** A later report that replaces the first; `delayRows` counts from the payment, after `labelDelayRows`. */
  readonly correction: { readonly label: Outcome; readonly delayRows: number } | null;
  /** The first report is sent a second time by then; it must change nothing. */
  readonly duplicateDelayRows: number | null;
}
