/** What inference processes and their primary say to each other about metrics, beside cluster-messages.ts. */
export type MetricsFromWorker =
  | { readonly say: 'metrics'; readonly values: readonly object[] }
  /** Somebody asked this process for the metrics of all. */
  | { readonly say: 'scrape'; readonly id: number; readonly values: readonly object[] };

export type MetricsFromPrimary =
  | { readonly say: 'report' }
  | { readonly say: 'scraped'; readonly id: number; readonly text: string };

export const metricsFromWorkerKinds: readonly MetricsFromWorker['say'][] = ['metrics', 'scrape'];
export const metricsFromPrimaryKinds: readonly MetricsFromPrimary['say'][] = ['report', 'scraped'];
