import { light } from './proxies.ts';

/** Rebuilds missing entities from Postgres, marks vanished runs lost and takes their challengers out. */
export async function reconcile(): Promise<{ readonly entities: number; readonly lost: number }> {
  return light('rebuild what is missing').reconcile();
}
