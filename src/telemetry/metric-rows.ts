import { inferenceMetricRows } from './inference-metric-rows.ts';
import type { MetricRow } from './metric-row.ts';

const slow = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];
/** From a query to a training. */
const long = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200];

/** Every metric of Perennial, in the form in which `docs/` lists them; a test holds both to each other. */
export const metricRows = [
  ...inferenceMetricRows,
  {
    name: 'perennial_control_requests_total',
    type: 'counter',
    labels: ['method', 'route', 'status'],
    place: 'control',
    meaning: 'Requests answered by API and pages.',
  },
  {
    name: 'perennial_control_request_seconds',
    type: 'histogram',
    labels: ['method', 'route'],
    place: 'control',
    meaning: 'From a request to its answer.',
    buckets: slow,
  },
  {
    name: 'perennial_database_connections',
    type: 'gauge',
    labels: ['state'],
    place: 'control',
    meaning: 'Connections of the control process to Postgres: `busy`, `idle`; `waiting` are requests for one.',
  },
  {
    name: 'perennial_champion_version',
    type: 'gauge',
    labels: ['model'],
    place: 'control',
    meaning: 'Version that answers; absent for a model without a champion.',
  },
  {
    name: 'perennial_champion_age_seconds',
    type: 'gauge',
    labels: ['model'],
    place: 'control',
    meaning: 'Since the champion was last moved.',
  },
  {
    name: 'perennial_open_alerts',
    type: 'gauge',
    labels: ['model', 'severity'],
    place: 'control',
    meaning: 'Alerts that are open.',
  },
  {
    name: 'perennial_open_rollouts',
    type: 'gauge',
    labels: ['model', 'status'],
    place: 'control',
    meaning: 'Rollouts under way: `active`, or `held` for a person.',
  },
  {
    name: 'perennial_held_since_seconds',
    type: 'gauge',
    labels: ['model'],
    place: 'control',
    meaning: 'How long a rollout has waited for a person.',
  },
  {
    name: 'perennial_unjudged_windows',
    type: 'gauge',
    labels: ['model'],
    place: 'control',
    meaning: 'Window lag: closed windows without a verdict.',
  },
  {
    name: 'perennial_unjudged_window_seconds',
    type: 'gauge',
    labels: ['model'],
    place: 'control',
    meaning: 'Age of the oldest closed window without a verdict.',
  },
  {
    name: 'perennial_label_coverage_ratio',
    type: 'gauge',
    labels: ['model'],
    place: 'control',
    meaning: 'Share of rows with a label in the latest 20 measured windows.',
  },
  {
    name: 'perennial_predictions',
    type: 'gauge',
    labels: ['model'],
    place: 'control',
    meaning: 'Predictions in Postgres since the model began.',
  },
  {
    name: 'perennial_model_bytes',
    type: 'gauge',
    labels: ['model', 'what'],
    place: 'control',
    meaning: 'Bytes of a model as measured within the last hours: `predictions`, `labels`, `evidence`, `artifacts`.',
  },
  {
    name: 'perennial_prediction_bytes',
    type: 'gauge',
    labels: ['model'],
    place: 'control',
    meaning: 'Bytes of one stored prediction with its share of the indexes.',
  },
  {
    name: 'perennial_disk_free_bytes',
    type: 'gauge',
    labels: ['disk'],
    place: 'control',
    meaning: 'Room on the disk of the `database` and of the `artifacts`; absent where it cannot be seen.',
  },
  {
    name: 'perennial_disk_full_seconds',
    type: 'gauge',
    labels: ['disk'],
    place: 'control',
    meaning: 'Time until that disk is full at the rate of the last month; absent while nobody knows.',
  },
  {
    name: 'perennial_last_training_seconds',
    type: 'gauge',
    labels: ['model'],
    place: 'control',
    meaning: 'Since the last training began; absent before the first.',
  },
  {
    name: 'perennial_last_training_failed',
    type: 'gauge',
    labels: ['model'],
    place: 'control',
    meaning: '1 when the last training that ended failed or was lost, else 0.',
  },
  {
    name: 'perennial_stopped',
    type: 'gauge',
    labels: ['model', 'how'],
    place: 'control',
    meaning:
      '1 while a person has stopped automatic changes: `paused`, `frozen` or `killed`. The model `*` is all of them.',
  },
  {
    name: 'perennial_worker_activities_total',
    type: 'counter',
    labels: ['activity', 'outcome'],
    place: 'worker',
    meaning: 'Attempts of activities that ended: `completed`, `failed` or `cancelled`.',
  },
  {
    name: 'perennial_worker_activity_seconds',
    type: 'histogram',
    labels: ['activity'],
    place: 'worker',
    meaning: 'Length of one attempt.',
    buckets: long,
  },
  {
    name: 'perennial_worker_running_activities',
    type: 'gauge',
    labels: ['activity'],
    place: 'worker',
    meaning: 'Attempts under way.',
  },
  {
    name: 'perennial_worker_windows_judged_total',
    type: 'counter',
    labels: [],
    place: 'worker',
    meaning: 'Windows that got their verdict here.',
  },
] as const satisfies readonly MetricRow[];

export type MetricName = (typeof metricRows)[number]['name'];

/** Models with a label value of their own, in one process; the ones beyond are counted together. */
export const labelledModelsMax = 1_000;
/** Stands for every model beyond the bound. */
export const otherModels = 'other';
