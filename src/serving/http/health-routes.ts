import type { Hono } from 'hono';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Serving } from '../serving.ts';
import { problem, type Env } from './respond.ts';

/**
 * Why this process should get no traffic; null when it should. It may still answer: with champions, from what it knows.
 */
export function notReadyReason(serving: Pick<Serving, 'table' | 'membership' | 'isDraining'>): string | null {
  if (serving.isDraining()) return 'The process is ending.';
  if (!serving.table.ready) return 'The routing has not been read yet.';
  if (!serving.membership.isMember()) return 'The database has not renewed the membership lease.';
  return null;
}

export function healthRoutes(app: Hono<Env>, serving: Serving): void {
  app.get('/health/live', (context) => context.json({ status: 'live' }));
  app.get('/health/ready', (context) => {
    const reason = notReadyReason(serving);
    if (reason === null) return context.json({ status: 'ready', models: serving.table.names.length });
    return problem(context, new PerennialError('unavailable', reason), serving.log);
  });
}
