import type { EncodedRow } from '../../domain/spec/signature.ts';
import type { Scorer } from '../versions/session.ts';
import type { CallBlock, TimedCalls } from './model-messages.ts';

/** Calls the scorer as requests do, one call after the other, and says what that took. At least one call is made. */
export async function timeCalls(
  scorer: Pick<Scorer, 'score'>,
  rows: readonly EncodedRow[],
  { rowsPerCall, calls, msMax }: CallBlock,
): Promise<TimedCalls> {
  const batches = Array.from({ length: calls }, (_, call) =>
    Array.from({ length: rowsPerCall }, (_, i) => rows[(call * rowsPerCall + i) % rows.length]).filter(
      (row) => row !== undefined,
    ),
  );
  const callMs: number[] = [];
  const core = process.cpuUsage();
  const startMs = performance.now();
  let lastMs = startMs;
  for (const batch of batches) {
    // oxlint-disable-next-line no-await-in-loop -- one call after the other is what is timed
    await scorer.score(batch);
    const nowMs = performance.now();
    callMs.push(nowMs - lastMs);
    lastMs = nowMs;
    if (nowMs - startMs > msMax) break;
  }
  const { user, system } = process.cpuUsage(core);
  return { callMs: Float64Array.from(callMs), coreMs: (user + system) / 1_000, wallMs: lastMs - startMs };
}
