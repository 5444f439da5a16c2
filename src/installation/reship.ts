import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Call } from '../cli/line/verb.ts';
import { appendAudit } from '../db/audit/audit.ts';
import { createDatabase } from '../db/base/connect.ts';
import { cut } from '../domain/words/cut.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { reasonOf } from '../domain/words/reason-of.ts';
import { sayMany } from '../domain/words/say.ts';
import { parseInstant } from '../serving/edge/instant.ts';
import { keptFolder } from '../serving/spool/kept-segments.ts';
import { reshipPushes } from '../serving/push/reship-pushes.ts';
import { reshipKept, reshipRefused } from '../serving/spool/reship.ts';
import { findDatabaseUrl } from './database-url.ts';

/**
 * Puts back into the spool of this machine what inference shipped since a time, or what was set aside. Audited before
 * anything is done: while the database is away it fails, and nothing has happened.
 */
export async function runReship({ config, out, text, isSet }: Call): Promise<void> {
  const since = text('since');
  if ((since === null) === !isSet('refused'))
    throw new PerennialError('invalid_request', 'Say either --since or --refused.', { path: '--since' });
  const sinceMs = since === null ? null : instantOf(since, Date.now());
  const { spoolDir } = config;
  await refuseOtherUser(spoolDir);
  await audit(await findDatabaseUrl(config), sinceMs);
  const done = sinceMs === null ? await reshipRefused(spoolDir) : await reshipKept(spoolDir, sinceMs);
  const pushed = sinceMs === null ? await reshipPushes(spoolDir) : { requests: 0, rows: 0 };
  if (done.segments > 0)
    out.line(`${sayMany(done.records, 'record')} in ${sayMany(done.segments, 'segment')} are on their way again`);
  if (pushed.requests > 0)
    out.line(`${sayMany(pushed.rows, 'pushed row')} in ${sayMany(pushed.requests, 'request')} are on their way again`);
  if (done.segments + pushed.requests === 0) out.line(`nothing to send again stands in ${spoolDir}`);
  out.json({ ...done, pushedRequests: pushed.requests, pushedRows: pushed.rows });
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Epoch milliseconds of a time, or of that long ago. */
function instantOf(text: string, nowMs: number): number {
  const [, amount, unit = ''] = /^(\d{1,6}) ?(m|h|d|minutes?|hours?|days?)$/.exec(text) ?? [];
  if (amount !== undefined) return nowMs - Number(amount) * (unitMs[unit.charAt(0)] ?? 0);
  const instant = parseInstant(text);
  if (instant !== null) return instant;
  throw new PerennialError(
    'invalid_request',
    `--since is "${cut(text, 40)}", which is neither a time nor how long ago.`,
    { path: '--since', hint: 'Write it like "10 minutes", "2 hours" or 2026-11-28T09:30.' },
  );
}

/** Files are their owner's alone: inference could not read what another user puts there, and it would wait for ever. */
async function refuseOtherUser(spoolDir: string): Promise<void> {
  const mine = process.getuid?.();
  const facts = await stat(path.join(spoolDir, keptFolder)).catch(() => stat(spoolDir).catch(() => null));
  if (facts === null)
    throw new PerennialError('configuration', `There is no spool in ${spoolDir}.`, {
      path: 'PERENNIAL_SPOOL_DIR',
      hint: 'Run it on the machine of inference, with its settings.',
    });
  if (mine === undefined || facts.uid === mine) return;
  throw new PerennialError('configuration', `The spool ${spoolDir} belongs to another user (${facts.uid}).`, {
    path: 'PERENNIAL_SPOOL_DIR',
    hint: 'Run it as the user as whom inference runs.',
  });
}

async function audit(databaseUrl: string, sinceMs: number | null): Promise<void> {
  const database = createDatabase(databaseUrl, {
    applicationName: 'perennial-reship',
    connectionsMax: 1,
    onIdleError: () => undefined,
  });
  const since = sinceMs === null ? null : new Date(sinceMs).toISOString();
  try {
    await appendAudit(database.db, {
      type: 'perennial.spool.reshipped',
      model: null,
      subject: { of: 'model', model: '*' },
      actor: 'reship',
      reason: since === null ? 'what was set aside is sent again' : `what was stored since ${since} is sent again`,
      data: { since },
    });
  } catch (error) {
    throw new PerennialError('unavailable', `The database does not answer: ${reasonOf(error)}.`, {
      hint: 'Nothing was sent again. Run it again when the database is back.',
      cause: error,
    });
  } finally {
    await database.close();
  }
}
