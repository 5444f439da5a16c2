import { batchRowsOf, footprintRows, limitOf, type FootprintGate } from '../../spec/parts/footprint-gate.ts';
import type { GateSpec } from '../../spec/spec.ts';

/** What one process that held one model took in one round. */
export interface ModelRound {
  /** Wall time of calls of one row each, as requests are scored; null where no gate asks. */
  readonly latencyMs: { readonly calls: number; readonly p50: number; readonly p99: number } | null;
  /** By the rows of a run: time of a core, and wall time, for one row. */
  readonly batches: readonly { readonly rows: number; readonly coreMsPerRow: number; readonly wallMsPerRow: number }[];
  /** The most that the process ever held, with its runtime; null where no gate asks. */
  readonly peakBytes: number | null;
  /** Share 0..1 of the time for which it had a core; the rest went to others. 1 where nothing was timed. */
  readonly coreShare: number;
}

/** Both models in processes of their own that were fresh for this round, block by block in turn. */
export interface FootprintRound {
  readonly candidate: ModelRound;
  /** Null without a champion. */
  readonly champion: ModelRound | null;
}

/** What the platform measured on the files as they are served. Times are evidence and never part of a model file. */
export interface Footprint {
  readonly fileBytes: { readonly candidate: number; readonly champion: number | null };
  readonly rounds: readonly FootprintRound[];
  /** Where: cores, and how many processes wanted one in the minute before (0 where the system does not tell). */
  readonly machine: { readonly cores: number; readonly cpu: string; readonly load: number };
  readonly tookMs: number;
}

/** A candidate that could not be measured is not refused for it: the reason is a sentence of its own. */
export type FootprintOutcome = { readonly measured: Footprint } | { readonly problem: string };

/** A process that had a core for less than this share was measured together with others. */
export const coreShareMin = 0.9;

/** What of a footprint is measured: sizes of files always are. */
export interface FootprintMeasures {
  readonly isLatencyAsked: boolean;
  readonly isMemoryAsked: boolean;
  /** Rows of the runs that are timed, without repeats. */
  readonly batchRows: readonly number[];
}

/** What gates ask for; null where no gate asks for a footprint. */
export function measuresAsked(gates: readonly GateSpec[]): FootprintMeasures | null {
  const asked = gates.filter((gate) => gate.gate === 'footprint');
  if (asked.length === 0) return null;
  return {
    isLatencyAsked: asked.some(({ figure }) => figure === 'latencyP50Ms' || figure === 'latencyP99Ms'),
    isMemoryAsked: asked.some(({ figure, price }) => figure === 'memoryBytes' || price?.perGibHour !== undefined),
    batchRows: [...new Set(asked.flatMap((gate) => batchRowsOf(gate) ?? []))].toSorted((a, b) => a - b),
  };
}

/** Whether anything is asked that only a process shows. */
export function isRunAsked({ isLatencyAsked, isMemoryAsked, batchRows }: FootprintMeasures): boolean {
  return isLatencyAsked || isMemoryAsked || batchRows.length > 0;
}

/** The size of the file that a gate asks for, or the factor to that of the champion; null without one. */
export function fileFigure(gate: FootprintGate, { fileBytes: { candidate, champion } }: Footprint): number | null {
  if (!limitOf(gate).isOfChampion) return candidate;
  return champion === null ? null : candidate / champion;
}

/** What a gate asks of each round: its figure, or the factor to the champion's; rounds that have none are left out. */
export function figuresOf(gate: FootprintGate, rounds: readonly FootprintRound[]): number[] {
  const { isOfChampion } = limitOf(gate);
  return rounds.flatMap(({ candidate, champion }) => {
    const own = figureOf(gate, candidate);
    const other = isOfChampion && champion !== null ? figureOf(gate, champion) : 1;
    if (own === null || other === null || (isOfChampion && champion === null)) return [];
    return [own / other];
  });
}

/**
 * Rounds that may prove that a limit is missed, and of a factor that it is met: those in which nobody else took the
 * cores. Memory and files do not mind, nor does a factor of what does not hang on the tail of the latencies.
 */
export function quietRounds(gate: FootprintGate, { rounds }: Footprint): readonly FootprintRound[] {
  const { by } = footprintRows[gate.figure];
  const { isOfChampion } = limitOf(gate);
  if (by === 'memory' || by === 'file' || (by === 'core' && isOfChampion)) return rounds;
  return rounds.filter(
    ({ candidate, champion }) =>
      candidate.coreShare >= coreShareMin && (!isOfChampion || champion === null || champion.coreShare >= coreShareMin),
  );
}

const msPerHour = 3_600_000;

function figureOf(gate: FootprintGate, round: ModelRound): number | null {
  const { figure, price } = gate;
  if (figure === 'memoryBytes') return round.peakBytes;
  if (figure === 'latencyP50Ms') return round.latencyMs?.p50 ?? null;
  if (figure === 'latencyP99Ms') return round.latencyMs?.p99 ?? null;
  const batch = round.batches.find(({ rows }) => rows === batchRowsOf(gate));
  // A core's time that the system counts as none can be no divisor.
  if (batch === undefined || !(batch.coreMsPerRow > 0)) return null;
  if (figure === 'rowsPerCoreSecond') return 1_000 / batch.coreMsPerRow;
  if (price === undefined) return null;
  const core = (batch.coreMsPerRow / msPerHour) * price.perCoreHour;
  if (price.perGibHour === undefined) return 1_000 * core;
  if (round.peakBytes === null) return null;
  return 1_000 * (core + (batch.wallMsPerRow / msPerHour) * (round.peakBytes / 1024 ** 3) * price.perGibHour);
}
