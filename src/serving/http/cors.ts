import type { Hono } from 'hono';
import { cors } from 'hono/cors';
import { crossOriginRules } from '../../contracts/http/cross-origin.ts';
import type { Env } from './respond.ts';

/** Lets pages of the listed origins call; without any, requests do not even pass through a check. */
export function allowOrigins(app: Hono<Env>, allowedOrigins: readonly string[]): void {
  if (allowedOrigins.length > 0) app.use(cors(crossOriginRules(allowedOrigins)));
}
