import type { Context } from 'hono';
import type { Principal } from '../../access/principal.ts';
import type { CommandContext } from '../../commands/base/context.ts';
import type { Database } from '../../db/base/connect.ts';
import type { ApiDependencies, ApiEnvironment, Notice } from '../../control/environment.ts';
import type { BrowserSession } from './session.ts';

/** What a page or an action is given. */
export interface PageCall {
  readonly context: Context<ApiEnvironment>;
  readonly principal: Principal;
  /** Goes into each form as the hidden field `csrf`. */
  readonly csrf: string;
  readonly command: CommandContext;
  /** A part of the path, decoded: `path('name')` of `/models/{name}`. */
  readonly path: (name: string) => string;
  readonly query: (name: string) => string | null;
}

export function pageCall(
  context: Context<ApiEnvironment>,
  dependencies: ApiDependencies,
  { principal, csrf }: BrowserSession,
): PageCall {
  return {
    context,
    principal,
    csrf,
    command: { ...dependencies, database: databaseOf(context, dependencies), principal },
    path: (name) => context.req.param(name) ?? '',
    query: (name) => context.req.query(name) ?? null,
  };
}

/** What is only shown is read by the login that can do nothing else. */
function databaseOf(context: Context<ApiEnvironment>, { database, readDatabase }: ApiDependencies): Database {
  return context.req.method === 'GET' || context.req.method === 'HEAD' ? (readDatabase ?? database) : database;
}

/** What the last action of this browser left to be said on this page; null when nothing. */
export function noticeOf(call: PageCall): Notice | null {
  return call.context.get('notice') ?? null;
}
