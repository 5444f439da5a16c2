import type { Hono } from 'hono';
import { health } from '../answer/health.ts';
import type { Serving } from '../serving.ts';
import type { Env } from './respond.ts';

export function healthRoutes(app: Hono<Env>, serving: Serving): void {
  app.get('/health/live', (context) => context.json({ status: 'live' }));
  app.get('/health/ready', (context) => context.json(health(serving)));
}
