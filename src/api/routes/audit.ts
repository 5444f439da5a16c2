import { auditList, auditQuery, auditVerified, verifyQuery } from '../../contracts/http/audit.ts';
import { listAuditRows, verifyAuditChain } from '../../commands/record/audit.ts';
import { answers } from '../answers.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { contextsOver } from '../context-of.ts';
import { secured } from '../secured.ts';

/** The audit: read by everybody who may read, within their scope; its chain checked by admins. */
export function auditRoutes(app: Api, dependencies: ApiDependencies): void {
  const { database } = dependencies;
  const contextOf = contextsOver(dependencies);
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/audit',
      summary: 'What was changed, by whom and why',
      request: { query: auditQuery },
      responses: answers(auditList, 'Latest first; page on with `before`.'),
    }),
    async (context) => {
      const { model, type, before, limit } = context.req.valid('query');
      const { rows, next } = await listAuditRows(contextOf(context), {
        model: model ?? null,
        type: type ?? null,
        before: before ?? null,
        limit,
      });
      return context.json({ rows: [...rows], next }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/audit/verify',
      summary: 'Check the chain of the audit',
      request: { query: verifyQuery },
      responses: answers(auditVerified, 'The first wrong row, if any; ask on with `after` until it is complete.'),
    }),
    async (context) => {
      const { after, expect } = context.req.valid('query');
      return context.json(
        await verifyAuditChain(contextOf(context), { after: placeOf(after), expect: placeOf(expect) }),
        200,
      );
    },
  );
}

function placeOf(text: string | undefined): { readonly seq: number; readonly hash: string } | null {
  if (text === undefined) return null;
  const [seq = '', hash = ''] = text.split(':');
  return { seq: Number(seq), hash };
}
