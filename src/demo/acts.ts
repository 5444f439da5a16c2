import type { Stage } from './stage.ts';

export type Figures = Readonly<Record<string, number | string | boolean | null>>;

export interface Act {
  readonly act: string;
  /** Since the act before it, by the rows' own clock: what an interruption took is in it. */
  readonly seconds: number;
  readonly figures: Figures;
  readonly link: string | null;
}

/** What has happened so far, in order, with the time that each act took. */
export interface Acts {
  /** Says an act once, by its key; `atMs` is when it happened (default: now). */
  tell(key: string, act: string, text: string, figures: Figures, workflowId?: string, atMs?: number): void;
  readonly list: readonly Act[];
}

export function createActs(stage: Stage): Acts {
  const list: Act[] = [];
  const told = new Set<string>();
  let lastMs = Date.now() - 1_000 * stage.seconds();
  return {
    list,
    tell(key, act, text, figures, workflowId, atMs = Date.now()) {
      if (told.has(key)) return;
      told.add(key);
      // A resumed demo tells first what happened before this process began.
      if (list.length === 0) lastMs = Math.min(lastMs, atMs);
      const seconds = Math.round(Math.max(0, atMs - lastMs) / 10) / 100;
      lastMs = Math.max(lastMs, atMs);
      const link = workflowId === undefined ? null : stage.workflowLink(workflowId);
      list.push({ act, seconds, figures, link });
      stage.act(act, text, link ?? undefined);
    },
  };
}

/** `12,345`: the same on every machine, whatever its language. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function percent(share: number, decimals = 1): string {
  return `${(100 * share).toFixed(decimals)} %`;
}

/** The value below which that share of the list lies; 0 of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
