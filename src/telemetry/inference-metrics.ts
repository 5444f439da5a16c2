import { createMeters, type Meters } from './meters.ts';

/** What one inference process counts while it answers. Cheap: a request costs four additions. */
export interface InferenceMetrics {
  /** `route` is one of the few that the port has, never a path that a client made up. */
  answered(route: string, status: number, seconds: number): void;
  refused(code: string): void;
  rows(model: string, arm: string, count: number): void;
  /** Rows that no version could answer. */
  failed(model: string, arm: string, count: number): void;
  labels(model: string, count: number): void;
  /** Pushed rows, by what the contract said of them. */
  pushed(model: string, accepted: number, quarantined: number): void;
  /** A row was answered with values of a view that stood so. */
  viewed(model: string, view: string, status: string): void;
  /** How long the store of views took. */
  lookedUp(seconds: number): void;
  /** A model's own process ended unasked. */
  modelProcessEnded(model: string, how: string): void;
  /** Read when somebody asks. */
  observe(state: () => InferenceState): void;
  /** All metrics in a form that other processes can add up. */
  values(): Promise<readonly object[]>;
  text(): Promise<string>;
}

export interface InferenceState {
  readonly loadedVersions: number;
  readonly servedModels: number;
  readonly isReady: boolean;
  readonly spoolBytes: number;
  readonly spoolOldestSeconds: number;
  /** Of pushed rows that wait for Postgres. */
  readonly pushedBytes: number;
  /** Of models with a process of their own. */
  readonly modelProcesses: readonly { readonly model: string; readonly isAway: boolean; readonly bytes: number }[];
}

export function createInferenceMetrics(): InferenceMetrics {
  const meters = createMeters('inference');
  const requests = meters.counter('perennial_inference_requests_total');
  const seconds = meters.histogram('perennial_inference_request_seconds');
  const refusals = meters.counter('perennial_inference_refusals_total');
  const rows = meters.counter('perennial_inference_rows_total');
  const failed = meters.counter('perennial_inference_failed_rows_total');
  const labels = meters.counter('perennial_inference_labels_total');
  const pushed = meters.counter('perennial_inference_pushed_rows_total');
  const views = meters.counter('perennial_inference_view_rows_total');
  const lookups = meters.histogram('perennial_inference_view_lookup_seconds');
  const ends = meters.counter('perennial_inference_model_process_ends_total');
  let state: () => InferenceState = () => ({
    loadedVersions: 0,
    servedModels: 0,
    isReady: false,
    spoolBytes: 0,
    spoolOldestSeconds: 0,
    pushedBytes: 0,
    modelProcesses: [],
  });
  const read = (): void => {
    const now = state();
    meters.gauge('perennial_inference_loaded_versions').set(now.loadedVersions);
    meters.gauge('perennial_inference_served_models').set(now.servedModels);
    meters.gauge('perennial_inference_ready_processes').set(now.isReady ? 1 : 0);
    meters.gauge('perennial_spool_bytes').set(now.spoolBytes);
    meters.gauge('perennial_spool_oldest_seconds').set(now.spoolOldestSeconds);
    meters.gauge('perennial_pushed_bytes').set(now.pushedBytes);
    readModelProcesses(meters, now.modelProcesses);
  };
  return {
    answered(route, status, took) {
      requests.inc({ route, status });
      seconds.observe({ route }, took);
    },
    refused: (code) => refusals.inc({ code }),
    rows: (model, arm, count) => rows.inc({ model: meters.modelLabel(model), arm }, count),
    failed: (model, arm, count) => failed.inc({ model: meters.modelLabel(model), arm }, count),
    labels: (model, count) => labels.inc({ model: meters.modelLabel(model) }, count),
    pushed(model, accepted, quarantined) {
      const label = meters.modelLabel(model);
      pushed.inc({ model: label, verdict: 'accepted' }, accepted);
      pushed.inc({ model: label, verdict: 'quarantined' }, quarantined);
    },
    viewed: (model, view, status) =>
      views.inc({ model: meters.modelLabel(model), view: meters.modelLabel(view), status }),
    lookedUp: (took) => lookups.observe({}, took),
    modelProcessEnded: (model, how) => ends.inc({ model: meters.modelLabel(model), how }),
    observe: (given) => {
      state = given;
    },
    values() {
      read();
      return meters.registry.getMetricsAsJSON();
    },
    text() {
      read();
      return meters.registry.metrics();
    },
  };
}

function readModelProcesses(meters: Meters, processes: InferenceState['modelProcesses']): void {
  const count = meters.gauge('perennial_inference_model_processes');
  const bytes = meters.gauge('perennial_inference_model_process_bytes');
  const most = new Map<string, number>();
  for (const { model } of processes) {
    const label = meters.modelLabel(model);
    for (const state of ['up', 'away']) count.set({ model: label, state }, 0);
    most.set(label, 0);
  }
  for (const one of processes) {
    const label = meters.modelLabel(one.model);
    count.inc({ model: label, state: one.isAway ? 'away' : 'up' });
    most.set(label, Math.max(most.get(label) ?? 0, one.bytes));
  }
  for (const [model, held] of most) bytes.set({ model }, held);
}
