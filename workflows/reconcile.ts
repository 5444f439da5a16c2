import { setCurrentDetails } from '@temporalio/workflow';
import { pageLink } from './base/pages.ts';
import { sweeping } from './base/proxies.ts';

/** Rebuilds missing entities from Postgres, marks vanished runs lost and takes their challengers out. */
export async function reconcile(): Promise<{ readonly entities: number; readonly lost: number }> {
  setCurrentDetails(
    `Starts entities that are missing and marks runs lost that Temporal does not know.\n\nAn operator need do ` +
      `nothing. ${pageLink('Runs', '/runs')}`,
  );
  return sweeping('rebuild what is missing').reconcile();
}
