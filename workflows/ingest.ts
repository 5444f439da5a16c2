import { setCurrentDetails } from '@temporalio/workflow';
import type { IngestInput, SnapshotRef } from '../src/domain/runs.ts';
import { heavy } from './proxies.ts';
import { showFacets } from './search-attributes.ts';

/** Raw bytes to a snapshot: contract check, accepted and quarantined rows as two immutable outputs. */
export async function ingest(input: IngestInput): Promise<SnapshotRef> {
  showFacets({ model: input.model, stage: 'ingest' });
  const snapshot = await heavy('contract check and snapshot').ingestSource(input);
  setCurrentDetails(`Accepted ${snapshot.rows} rows, quarantined ${snapshot.quarantinedRows}.\n\nSnapshot \`${snapshot.digest.slice(0, 16)}\``);
  return snapshot;
}
