import type { MetricRow } from './metric-row.ts';

/** Around the 5 to 50 ms in which predictions are answered; a prediction alone takes well under one. */
const fast = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** What inference processes and their primary tell. */
export const inferenceMetricRows = [
  {
    name: 'perennial_inference_requests_total',
    type: 'counter',
    labels: ['route', 'status'],
    place: 'inference',
    meaning: 'Requests answered, by route and HTTP status.',
  },
  {
    name: 'perennial_inference_request_seconds',
    type: 'histogram',
    labels: ['route'],
    place: 'inference',
    meaning: 'From the first byte of a request to its answer.',
    buckets: fast,
  },
  {
    name: 'perennial_inference_refusals_total',
    type: 'counter',
    labels: ['code'],
    place: 'inference',
    meaning: 'Requests refused, by code; `overloaded` is the queue or the prediction log being full.',
  },
  {
    name: 'perennial_inference_rows_total',
    type: 'counter',
    labels: ['model', 'arm'],
    place: 'inference',
    meaning:
      'Rows answered, by the arm that answered; `fallback` is the declared fallback of a model without a champion.',
  },
  {
    name: 'perennial_inference_failed_rows_total',
    type: 'counter',
    labels: ['model', 'arm'],
    place: 'inference',
    meaning: 'Rows of these that no version could answer.',
  },
  {
    name: 'perennial_inference_labels_total',
    type: 'counter',
    labels: ['model'],
    place: 'inference',
    meaning: 'Labels taken in.',
  },
  {
    name: 'perennial_inference_pushed_rows_total',
    type: 'counter',
    labels: ['model', 'verdict'],
    place: 'inference',
    meaning: 'Pushed rows taken in: `accepted`, or `quarantined` by the contract.',
  },
  {
    name: 'perennial_pushed_bytes',
    type: 'gauge',
    labels: [],
    place: 'inference',
    meaning: 'Bytes of pushed rows that Postgres does not have yet, as the disk counts them.',
    across: 'max',
  },
  {
    name: 'perennial_inference_view_rows_total',
    type: 'counter',
    labels: ['model', 'view', 'status'],
    place: 'inference',
    meaning:
      'Rows answered with values of a view, by how these stood: `fresh`, `stale`, `missing`, or `late` (the store ' +
      'did not answer in time).',
  },
  {
    name: 'perennial_inference_view_lookup_seconds',
    type: 'histogram',
    labels: [],
    place: 'inference',
    meaning: 'Queries for values of views that a process did not remember.',
    buckets: fast,
  },
  {
    name: 'perennial_inference_loaded_versions',
    type: 'gauge',
    labels: [],
    place: 'inference',
    meaning: 'Versions in memory, of the process that has most.',
    across: 'max',
  },
  {
    name: 'perennial_inference_served_models',
    type: 'gauge',
    labels: [],
    place: 'inference',
    meaning: 'Models in the routing table, of the process that knows most.',
    across: 'max',
  },
  {
    name: 'perennial_inference_ready_processes',
    type: 'gauge',
    labels: [],
    place: 'inference',
    meaning: 'Processes that would answer /health/ready with 200.',
  },
  {
    name: 'perennial_inference_process_ends_total',
    type: 'counter',
    labels: ['how'],
    place: 'inference',
    meaning: 'Inference processes that ended: `clean` (replaced, stopped) or `crashed`.',
  },
  {
    name: 'perennial_inference_model_processes',
    type: 'gauge',
    labels: ['model', 'state'],
    place: 'inference',
    meaning: 'Processes of imported models that run in their own: `up`, or `away` until it is started again.',
  },
  {
    name: 'perennial_inference_model_process_bytes',
    type: 'gauge',
    labels: ['model'],
    place: 'inference',
    meaning: 'Memory of such a process, of the one that holds most.',
    across: 'max',
  },
  {
    name: 'perennial_inference_model_process_ends_total',
    type: 'counter',
    labels: ['model', 'how'],
    place: 'inference',
    meaning:
      'Such processes that ended unasked: `memory` or `timeout` (beyond the limit), `refused` (no file), `crashed`.',
  },
  {
    name: 'perennial_spool_bytes',
    type: 'gauge',
    labels: [],
    place: 'inference',
    meaning: 'Bytes of the prediction log that Postgres does not have yet.',
    across: 'max',
  },
  {
    name: 'perennial_spool_oldest_seconds',
    type: 'gauge',
    labels: [],
    place: 'inference',
    meaning:
      'Shipping lag: age of the oldest part of the prediction log that Postgres does not have yet; 0 when it has all.',
    across: 'max',
  },
  {
    name: 'perennial_spool_segments_total',
    type: 'counter',
    labels: ['outcome'],
    place: 'inference',
    meaning:
      'Segments handed to Postgres: `stored`, `already` (there), `failed` (tried again), `set-aside` (records of it).',
  },
  {
    name: 'perennial_spool_refused_records_total',
    type: 'counter',
    labels: [],
    place: 'inference',
    meaning: 'Records that were set aside in a `.bad` file, because the database refuses them for good.',
  },
] as const satisfies readonly MetricRow[];
