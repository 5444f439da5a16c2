import {
  auditExport,
  auditShown,
  championThen,
  evidenceShown,
  verifyShown,
  type AuditQuery,
} from '../../commands/pages/audit.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { queryText, requiredQuery } from '../form/address.ts';
import type { PageCall } from '../frame/page-call.ts';
import { page } from '../frame/page.ts';
import { render } from '../frame/render.ts';
import { EvidenceView } from './evidence.tsx';
import { auditFile } from './export.ts';
import { AuditPage } from './page.tsx';

/** What happened, as a page and as a file, and the numbers behind a verdict. */
export function auditRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, '/audit', async (call) => {
    const query = auditQueryOf(call);
    const model = queryText(call, 'champion');
    const champion = model === null ? null : await championThen(call.command, { model, at: queryText(call, 'at') });
    const verified = call.query('verify') === '1' ? await verifyShown(call.command, queryText(call, 'after')) : null;
    return render(AuditPage({ call, query, champion, verified, shown: await auditShown(call.command, query) }));
  });
  page(app, dependencies, '/audit/export', (call) =>
    auditFile(auditExport(call.command, auditQueryOf(call)), call.query('format') === 'ndjson' ? 'ndjson' : 'csv'),
  );
  page(app, dependencies, '/audit/evidence', async (call) => {
    const evidenceId = Number(requiredQuery(call, 'id', 'evidence', '/audit'));
    return render(EvidenceView({ call, line: await evidenceShown(call.command, { evidenceId }) }));
  });
}

function auditQueryOf(call: PageCall): AuditQuery {
  return {
    model: queryText(call, 'model'),
    type: queryText(call, 'type'),
    actor: queryText(call, 'actor'),
    subject: queryText(call, 'subject'),
    since: queryText(call, 'since'),
    until: queryText(call, 'until'),
    before: queryText(call, 'before'),
  };
}
