import type { AlertSeverity } from '../domain/record/closed-sets.ts';
import { createMeters } from './meters.ts';
import { labelledModelsMax, type MetricName } from './metric-rows.ts';

/** One model's figures, as they are read from Postgres; null leaves the figure out. */
export interface ModelGauges {
  readonly model: string;
  readonly championVersion: number | null;
  readonly championAgeSeconds: number | null;
  readonly alerts: Readonly<Record<AlertSeverity, number>>;
  readonly activeRollouts: number;
  readonly heldRollouts: number;
  readonly heldSeconds: number | null;
  readonly unjudgedWindows: number;
  readonly unjudgedSeconds: number | null;
  readonly labelCoverage: number | null;
  readonly predictions: number;
  readonly lastTrainingSeconds: number | null;
  readonly lastTrainingFailed: boolean | null;
  readonly isPaused: boolean;
  /** By what they are of; empty before it was measured for the first time. */
  readonly bytes: Readonly<Record<string, number>>;
  readonly predictionBytes: number | null;
}

export interface DiskGauges {
  readonly disk: string;
  readonly freeBytes: number | null;
  readonly fullSeconds: number | null;
}

export interface Stop {
  readonly model: string;
  readonly how: 'frozen' | 'killed';
}

export interface ControlState {
  readonly pool: { readonly total: number; readonly idle: number; readonly waiting: number };
  /** Of at most `labelledModelsMax` models; null when Postgres did not answer. */
  readonly models: readonly ModelGauges[] | null;
  readonly stops: readonly Stop[];
  readonly disks: readonly DiskGauges[];
}

export interface ControlMetrics {
  answered(method: string, route: string, status: number, seconds: number): void;
  text(): Promise<string>;
}

/** `read` is called when somebody asks for the metrics, and bounds itself what it costs. */
export function createControlMetrics(read: () => Promise<ControlState>): ControlMetrics {
  const meters = createMeters('control');
  const requests = meters.counter('perennial_control_requests_total');
  const seconds = meters.histogram('perennial_control_request_seconds');
  return {
    answered(method, route, status, took) {
      requests.inc({ method, route, status });
      seconds.observe({ method, route }, took);
    },
    async text() {
      const { pool, models, stops, disks } = await read();
      const connections = meters.gauge('perennial_database_connections');
      connections.set({ state: 'busy' }, pool.total - pool.idle);
      connections.set({ state: 'idle' }, pool.idle);
      connections.set({ state: 'waiting' }, pool.waiting);
      for (const name of perModel) meters.gauge(name).reset();
      for (const row of (models ?? []).slice(0, labelledModelsMax)) setModel((name) => meters.gauge(name), row);
      for (const { model, how } of stops.slice(0, labelledModelsMax))
        meters.gauge('perennial_stopped').set({ model, how }, 1);
      for (const { disk, freeBytes, fullSeconds } of disks) {
        if (freeBytes !== null) meters.gauge('perennial_disk_free_bytes').set({ disk }, freeBytes);
        if (fullSeconds !== null) meters.gauge('perennial_disk_full_seconds').set({ disk }, fullSeconds);
      }
      return meters.registry.metrics();
    },
  };
}

const perModel = [
  'perennial_champion_version',
  'perennial_champion_age_seconds',
  'perennial_open_alerts',
  'perennial_open_rollouts',
  'perennial_held_since_seconds',
  'perennial_unjudged_windows',
  'perennial_unjudged_window_seconds',
  'perennial_label_coverage_ratio',
  'perennial_predictions',
  'perennial_model_bytes',
  'perennial_prediction_bytes',
  'perennial_disk_free_bytes',
  'perennial_disk_full_seconds',
  'perennial_last_training_seconds',
  'perennial_last_training_failed',
  'perennial_stopped',
] as const satisfies readonly MetricName[];

function setModel(
  gauge: (name: MetricName) => { set(labels: Record<string, string>, value: number): void },
  row: ModelGauges,
): void {
  const { model } = row;
  const setIf = (name: MetricName, value: number | null): void => {
    if (value !== null) gauge(name).set({ model }, value);
  };
  setIf('perennial_champion_version', row.championVersion);
  setIf('perennial_champion_age_seconds', row.championAgeSeconds);
  for (const [severity, count] of Object.entries(row.alerts))
    gauge('perennial_open_alerts').set({ model, severity }, count);
  gauge('perennial_open_rollouts').set({ model, status: 'active' }, row.activeRollouts);
  gauge('perennial_open_rollouts').set({ model, status: 'held' }, row.heldRollouts);
  setIf('perennial_held_since_seconds', row.heldSeconds);
  setIf('perennial_unjudged_windows', row.unjudgedWindows);
  setIf('perennial_unjudged_window_seconds', row.unjudgedSeconds);
  setIf('perennial_label_coverage_ratio', row.labelCoverage);
  setIf('perennial_predictions', row.predictions);
  setIf('perennial_prediction_bytes', row.predictionBytes);
  for (const [what, bytes] of Object.entries(row.bytes)) gauge('perennial_model_bytes').set({ model, what }, bytes);
  setIf('perennial_last_training_seconds', row.lastTrainingSeconds);
  setIf('perennial_last_training_failed', row.lastTrainingFailed === null ? null : Number(row.lastTrainingFailed));
  if (row.isPaused) gauge('perennial_stopped').set({ model, how: 'paused' }, 1);
}
