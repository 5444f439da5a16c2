import { isObject, unknownAnswer } from './answer-error.ts';
import type { PushReceipt, ViewPushReceipt } from './client-views.ts';
import { send, type Ask, type CallOptions, type Door } from './send.ts';

/** `idempotencyKey` is your own name for these rows: the same name with the same rows is pushed once. */
export interface PushOptions extends CallOptions {
  readonly idempotencyKey: string;
}

/** Pushes rows below the path of a model or a view. */
export async function pushRows<Receipt extends PushReceipt | ViewPushReceipt>(
  door: Door,
  path: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  { idempotencyKey, ...options }: PushOptions,
): Promise<Receipt> {
  const ask: Ask = { method: 'POST', path: `${path}/rows`, body: { rows }, key: idempotencyKey };
  const body: unknown = await send(door, ask, options);
  // Checked as far as the client itself relies on it: one verdict per row. The rest is the server's word.
  const isReceipt = (value: unknown): value is Receipt =>
    isObject(value) && Array.isArray(value['rows']) && value['rows'].length === rows.length;
  if (!isReceipt(body)) throw unknownAnswer(`POST ${ask.path}`, 202);
  return body;
}
