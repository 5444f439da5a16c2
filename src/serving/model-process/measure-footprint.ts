import { stat } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import type { Signature } from '../../domain/spec/signature.ts';
import { modelProcessBounds, servedRowsPerRunMax } from '../../domain/spec/parts/model-process.ts';
import {
  isRunAsked,
  type Footprint,
  type FootprintMeasures,
  type FootprintRound,
  type ModelRound,
} from '../../domain/training/gates/footprint-rounds.ts';
import type { FeatureColumns } from '../../onnx/run/columns.ts';
import { encodeColumns } from '../../onnx/run/encode-columns.ts';
import { startModelChild, type ModelChild } from './model-child.ts';
import type { CallBlock, PackedRows, TimedCalls } from './model-messages.ts';
import { packRows } from './packed-rows.ts';

export interface MeasuredFile {
  readonly path: string;
  readonly signature: Signature;
  /** Loaded as in a process with other models, which keeps the memory of its largest run; a trained one is. */
  readonly isShared: boolean;
}

export interface FootprintAsk {
  readonly candidate: MeasuredFile;
  readonly champion: MeasuredFile | null;
  /** Rows that the calls are made with. */
  readonly columns: FeatureColumns;
  readonly measures: FootprintMeasures;
  /** Fewer rounds than usual say less. */
  readonly rounds?: number;
  /** Called each second, and after each round. */
  readonly onProgress?: (done: number, of: number) => Promise<void>;
}

/** Even, since who begins matters; the third from either end bounds the median with an error of 1.9 %. */
const roundsUsual = 12;
/** No call is begun after this, and a round that is not over by then does not count. */
const measureMsMax = 60_000;
/** One that takes longer is too slow to be measured, let alone served. */
const callMsMax = 10_000;
const tellEveryMs = 1_000;
const memoryBytesMax = modelProcessBounds.memoryBytes.max;
/** Turns, so that both meet the same moments; the first one warms up and is not counted. */
const turns = 6;
const callsToWarmUp = 300;
const callsPerTurn = 50;
const turnMsMax = 250;
const batchRowsPerTurn = 2_048;

/**
 * What two files take as programs, round by round. Each round starts both in processes of their own, the very ones that
 * serve a model with a process of its own, and lets them make calls in turn; who begins changes from round to round.
 * Only what is asked is measured; the size of a file needs no process. Ends after 60 s and the call that is under way,
 * with the rounds that are over. Throws `unavailable` or `unsupported`
 * for a file that cannot be run, or takes more than 10 s for a call.
 */
export async function measureFootprint(ask: FootprintAsk): Promise<Footprint> {
  const { onProgress = () => Promise.resolve(), rounds: roundsMax = roundsUsual } = ask;
  const startMs = performance.now();
  const isOver = (): boolean => performance.now() - startMs > measureMsMax;
  const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model.trim() ?? '', load: loadavg()[0] ?? 0 };
  const models = [ask.candidate, ...(ask.champion === null ? [] : [ask.champion])];
  const files = models.map((file) => ({
    file,
    rows: packRows(file.signature, encodeColumns(file.signature, ask.columns)),
  }));
  const rounds: FootprintRound[] = [];
  const telling = setInterval(() => void onProgress(rounds.length, roundsMax), tellEveryMs);
  try {
    while (isRunAsked(ask.measures) && rounds.length < roundsMax && !isOver()) {
      // oxlint-disable-next-line no-await-in-loop -- one round after the other is what makes them rounds
      const [candidate, champion = null] = await measureRound(files, ask.measures, rounds.length % 2 === 1, isOver);
      if (candidate !== undefined) rounds.push({ candidate, champion });
      // oxlint-disable-next-line no-await-in-loop -- it may end the process
      await onProgress(rounds.length, roundsMax);
    }
  } finally {
    clearInterval(telling);
  }
  const [candidateBytes = 0, championBytes = null] = await Promise.all(
    models.map(async ({ path }) => (await stat(path)).size),
  );
  return {
    fileBytes: { candidate: candidateBytes, champion: championBytes },
    rounds,
    machine,
    tookMs: Math.round(performance.now() - startMs),
  };
}

interface Measured {
  readonly child: ModelChild;
  readonly rows: PackedRows;
  readonly singles: TimedCalls[];
  readonly batches: Map<number, TimedCalls[]>;
}

/** In the order of the files, whoever was called first; none where it is over before the round is. */
async function measureRound(
  files: readonly { readonly file: MeasuredFile; readonly rows: PackedRows }[],
  measures: FootprintMeasures,
  isReversed: boolean,
  isOver: () => boolean,
): Promise<readonly ModelRound[]> {
  // Who is started first has more time to settle.
  const inTurn = (isReversed ? files.toReversed() : files).map(({ file, rows }): Measured => ({
    child: startModelChild(file.path, file.signature, {
      memoryBytesMax,
      timeoutMs: callMsMax,
      shouldKeepMemory: file.isShared,
    }),
    rows,
    singles: [],
    batches: new Map(measures.batchRows.map((count) => [count, []])),
  }));
  const models = isReversed ? inTurn.toReversed() : inTurn;
  try {
    await Promise.all(models.map(({ child }) => child.loaded));
    for (const { model, block, into } of planOf(inTurn, measures)) {
      if (isOver()) return [];
      // oxlint-disable-next-line no-await-in-loop -- in turn, so that they do not disturb each other
      into.push(await model.child.time(model.rows, block));
    }
    return await Promise.all(models.map((model) => roundOf(model, measures)));
  } finally {
    for (const { child } of models) child.end();
    await Promise.all(models.map(({ child }) => child.ended));
  }
}

interface Turn {
  readonly model: Measured;
  readonly block: CallBlock;
  readonly into: TimedCalls[];
}

/** Single rows, runs of each size, and once the largest run that serving makes (what it takes at most), as asked. */
function planOf(
  models: readonly Measured[],
  { isLatencyAsked, isMemoryAsked, batchRows }: FootprintMeasures,
): readonly Turn[] {
  const turn = (rowsPerCall: number, calls: number, into: (model: Measured) => TimedCalls[]): readonly Turn[] =>
    models.map((model) => ({ model, block: { rowsPerCall, calls, msMax: turnMsMax }, into: into(model) }));
  const largest: TimedCalls[] = [];
  return [
    ...Array.from({ length: isLatencyAsked ? turns : 0 }, (_, at) =>
      turn(1, at === 0 ? callsToWarmUp : callsPerTurn, ({ singles }) => singles),
    ).flat(),
    ...Array.from({ length: turns }, () =>
      batchRows.flatMap((rows) =>
        turn(rows, Math.ceil(batchRowsPerTurn / rows), ({ batches }) => batches.get(rows) ?? []),
      ),
    ).flat(),
    ...(isMemoryAsked ? turn(servedRowsPerRunMax, 1, () => largest) : []),
  ];
}

async function roundOf(
  { child, singles, batches }: Measured,
  { isLatencyAsked, isMemoryAsked }: FootprintMeasures,
): Promise<ModelRound> {
  const counted = singles.slice(1);
  const runs = [...batches].map(([rows, blocks]) => ({ rows, blocks: blocks.slice(1) }));
  const calls = counted.flatMap(({ callMs }) => [...callMs]).toSorted((a, b) => a - b);
  const quantile = (share: number): number => calls[Math.ceil(share * calls.length) - 1] ?? Number.NaN;
  const all = [...counted, ...runs.flatMap(({ blocks }) => blocks)];
  const sum = (blocks: readonly TimedCalls[], of: (block: TimedCalls) => number): number =>
    blocks.reduce((total, block) => total + of(block), 0);
  return {
    latencyMs: isLatencyAsked ? { calls: calls.length, p50: quantile(0.5), p99: quantile(0.99) } : null,
    batches: runs.map(({ rows, blocks }) => {
      const done = rows * sum(blocks, ({ callMs }) => callMs.length);
      return {
        rows,
        coreMsPerRow: sum(blocks, ({ coreMs }) => coreMs) / done,
        wallMsPerRow: sum(blocks, ({ wallMs }) => wallMs) / done,
      };
    }),
    peakBytes: isMemoryAsked ? await child.peakBytes() : null,
    coreShare: all.length === 0 ? 1 : Math.min(1, sum(all, ({ coreMs }) => coreMs) / sum(all, ({ wallMs }) => wallMs)),
  };
}
