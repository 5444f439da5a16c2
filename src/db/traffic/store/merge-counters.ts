import type pg from 'pg';
import { addSlices, type SlicesCounted } from '../../../domain/watch/slices/slice-counts.ts';
import { addCellLists, addPhases, type CounterDelta } from './count-segment.ts';

/**
 * Adds what a segment counted to the window's counters. The caller holds the stream's lock, so nobody else adds
 * meanwhile.
 */
export async function mergeCounters(
  client: pg.PoolClient,
  model: string,
  deltas: readonly CounterDelta[],
): Promise<void> {
  for (const delta of deltas) {
    const key = [model, delta.window, delta.version, delta.arm, delta.routingRevision];
    const { rows } = await client.query<{ cells: number[][]; phases: number[] | null; slices: SlicesCounted | null }>(
      'select cells, phases, slices from counter where model = $1 and window_number = $2 ' +
        'and version = $3 and arm = $4 and routing_revision = $5',
      key,
    );
    const cells = addCellLists(rows[0]?.cells ?? [], delta.cells);
    const phases = addPhases(rows[0]?.phases, delta.phases);
    const slices = addSlices(rows[0]?.slices ?? {}, delta.slices);
    await client.query(
      `insert into counter (model, window_number, version, arm, routing_revision, rows, failed, slow,
        latency_sum_us, latency_max_us, cells, phases, slices)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
       on conflict (model, window_number, version, arm, routing_revision) do update set
         rows = counter.rows + excluded.rows, failed = counter.failed + excluded.failed, slow = counter.slow +
         excluded.slow,
         latency_sum_us = counter.latency_sum_us + excluded.latency_sum_us, latency_max_us =
         greatest(counter.latency_max_us, excluded.latency_max_us),
         cells = excluded.cells, phases = excluded.phases, slices = excluded.slices`,
      [
        ...key,
        delta.rows,
        delta.failed,
        delta.slow,
        delta.latencySumUs,
        delta.latencyMaxUs,
        JSON.stringify(cells),
        phases,
        Object.keys(slices).length === 0 ? null : JSON.stringify(slices),
      ],
    );
  }
}
