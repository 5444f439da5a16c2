import { setCurrentDetails } from '@temporalio/workflow';
import type { IngestInput, SnapshotRef } from '../src/domain/record/runs.ts';
import { modelPage, pageLink } from './base/pages.ts';
import { heavy } from './base/proxies.ts';
import { showFacets } from './base/search-attributes.ts';

/** Raw bytes to a snapshot: contract check, accepted and quarantined rows as two immutable outputs. */
export async function ingest(input: IngestInput): Promise<SnapshotRef> {
  showFacets({ model: input.model, stage: 'ingest' });
  setCurrentDetails(
    `**${input.model}**: checking the source against its contract (revision ${input.specRevision})\n\nAn operator ` +
      `need do nothing; a source that breaks its contract fails the run and says why.\n\n${modelPage(input.model)}`,
  );
  const snapshot = await heavy('contract check and snapshot').ingestSource(input);
  setCurrentDetails(
    `**${input.model}**: ${snapshot.rows} rows accepted, ${snapshot.quarantinedRows} ` +
      `quarantined\n\n${pageLink(`Snapshot ${snapshot.digest.slice(0, 16)}`, `/snapshots/${snapshot.digest}`)} · ` +
      `${modelPage(input.model)}`,
  );
  return snapshot;
}
