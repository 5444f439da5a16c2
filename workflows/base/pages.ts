/**
 * Where our pages are: the worker puts it in front of the bundle (src/temporal/workflow-bundle.ts). It is shown and
 * nothing else: no state, no argument and no decision may hold it, or a run would remember where an installation once
 * was.
 */
const base: unknown = (globalThis as { readonly perennialPages?: unknown }).perennialPages;

/** A link in the Markdown of current details; without a known address, the path alone. */
export function pageLink(text: string, path: string): string {
  return typeof base === 'string' ? `[${text}](${base}${path})` : `${text}: \`${path}\` of the control pages`;
}

export const modelPage = (model: string): string => pageLink('Model', `/models/${model}`);
export const versionPage = (model: string, version: number): string =>
  pageLink(`v${version}`, `/models/${model}/versions/${version}`);
export const rolloutPage = (model: string, version: number, attempt: number): string =>
  pageLink('Rollout', `/models/${model}/rollouts/${version}/${attempt}`);
export const abTestPage = (model: string, number: number): string =>
  pageLink('A/B test', `/models/${model}/ab-tests/${number}`);
export const experimentPage = (model: string, number: number): string =>
  pageLink('Experiment', `/models/${model}/experiments/${number}`);
export const runPage = (runId: string): string => pageLink('Run', `/runs/view?id=${encodeURIComponent(runId)}`);
