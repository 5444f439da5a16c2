import { createMeters } from './meters.ts';

/** What one inference process counts while it answers. Cheap: a request costs four additions. */
export interface InferenceMetrics {
  /** `route` is one of the few that the port has, never a path that a client made up. */
  answered(route: string, status: number, seconds: number): void;
  refused(code: string): void;
  rows(model: string, arm: string, count: number): void;
  /** Rows that no version could answer. */
  failed(model: string, arm: string, count: number): void;
  labels(model: string, count: number): void;
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
}

export function createInferenceMetrics(): InferenceMetrics {
  const meters = createMeters('inference');
  const requests = meters.counter('perennial_inference_requests_total');
  const seconds = meters.histogram('perennial_inference_request_seconds');
  const refusals = meters.counter('perennial_inference_refusals_total');
  const rows = meters.counter('perennial_inference_rows_total');
  const failed = meters.counter('perennial_inference_failed_rows_total');
  const labels = meters.counter('perennial_inference_labels_total');
  let state: () => InferenceState = () => ({
    loadedVersions: 0,
    servedModels: 0,
    isReady: false,
    spoolBytes: 0,
    spoolOldestSeconds: 0,
  });
  const read = (): void => {
    const now = state();
    meters.gauge('perennial_inference_loaded_versions').set(now.loadedVersions);
    meters.gauge('perennial_inference_served_models').set(now.servedModels);
    meters.gauge('perennial_inference_ready_processes').set(now.isReady ? 1 : 0);
    meters.gauge('perennial_spool_bytes').set(now.spoolBytes);
    meters.gauge('perennial_spool_oldest_seconds').set(now.spoolOldestSeconds);
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
