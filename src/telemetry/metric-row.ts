/** Which process tells it. */
export type MetricPlace = 'control' | 'inference' | 'worker';

export interface MetricRow {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly place: MetricPlace;
  readonly meaning: string;
  /** How the processes of one inference server become one figure; summed unless said. */
  readonly across?: 'sum' | 'max';
  readonly buckets?: readonly number[];
}
