import type { z } from 'zod';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call } from '../../../line/verb.ts';
import { reasonOf } from '../../control/freeze.ts';

/** A replay reads the history's keys, in turn with others. */
const limitMs = 600_000;

/** Sends a command to the quarantine of a snapshot and says what it answered. */
export async function tellQuarantine(
  call: Call,
  kind: 'fix' | 'drop' | 'replay',
  schema: z.ZodType<{ readonly model: string; readonly text: string }>,
  body: Record<string, unknown>,
): Promise<void> {
  const [digest = ''] = call.words;
  const reason = reasonOf(call, `quarantine ${kind}`);
  const stack = await findStack(call.config);
  const answer = await request(schema, {
    method: 'POST',
    url: `${stack.controlUrl}/v1/snapshots/${encodeURIComponent(digest)}/quarantine/${kind}`,
    token: stack.token,
    key: call.text('id'),
    body: { ...body, reason },
    limitMs,
  });
  call.out.line(`${answer.model}: ${answer.text}.`);
  call.out.json(answer);
}
