import { commandAnswer } from '../../../contracts/http/answers.ts';
import { reasonedRequest } from '../../../contracts/http/command-requests.ts';
import { decodeCursor, pageOf } from '../../../contracts/http/page.ts';
import {
  checkRepairRequest,
  dropQuarantineRequest,
  fixQuarantineRequest,
  quarantineList,
  quarantinePage,
  quarantineQuery,
  quarantineRepaired,
  repairCheck,
  repairQuarantineRequest,
  rowsDecided,
  rowsReplayed,
} from '../../../contracts/http/data/quarantine.ts';
import { idempotencyHeader, modelParams, pageQuery } from '../../../contracts/http/requests.ts';
import { snapshotKey, snapshotParams } from '../../../contracts/http/data/snapshots.ts';
import { checkQuarantineRepair } from '../../../commands/quarantine/check-quarantine-repair.ts';
import { dropQuarantine } from '../../../commands/quarantine/drop-quarantine.ts';
import { fixQuarantine } from '../../../commands/quarantine/fix-quarantine.ts';
import { listQuarantines } from '../../../commands/quarantine/list-quarantines.ts';
import { repairQuarantine } from '../../../commands/quarantine/repair-quarantine.ts';
import { replayQuarantine } from '../../../commands/quarantine/replay-quarantine.ts';
import { showQuarantine } from '../../../commands/quarantine/show-quarantine.ts';
import type { Api } from '../../../control/app.ts';
import { linkNext } from '../../../control/entity-tag.ts';
import type { ApiDependencies } from '../../../control/environment.ts';
import { answers, jsonBody } from '../../answers.ts';
import { contextsOver } from '../../context-of.ts';
import { secured } from '../../secured.ts';

const rowsShown = 50;

/** Rows that contracts set aside: shown, edited, dropped, checked again. */
export function quarantineRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  const { database } = dependencies;
  const headers = idempotencyHeader;
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/quarantine',
      summary: 'Snapshots that set rows aside, latest first, by which rules',
      request: { params: modelParams, query: pageQuery },
      responses: answers(quarantineList, 'Without the rows.'),
    }),
    async (context) => {
      const { name: model } = context.req.valid('param');
      const { limit, cursor } = context.req.valid('query');
      const page = { after: decodeCursor(snapshotKey, cursor), rowsMax: limit + 1 };
      const found = pageOf(await listQuarantines(contextOf(context), model, page), limit, ({ createdAt, digest }) => ({
        createdAt,
        digest,
      }));
      linkNext(context, found.next);
      return context.json({ model, quarantines: [...found.items], next: found.next }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/snapshots/{digest}/quarantine',
      summary: 'Rows that a contract set aside, as they came and as people edited them',
      request: { params: snapshotParams, query: quarantineQuery },
      responses: answers(quarantinePage, 'In the order of their lines.'),
    }),
    async (context) => {
      const { rule = null, line = null, after = 0, limit = rowsShown } = context.req.valid('query');
      const { digest } = context.req.valid('param');
      const input = { digest, pick: { ruleId: rule, line }, afterLine: after, rowsMax: limit };
      return context.json(await showQuarantine(contextOf(context), input, dependencies), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/snapshots/{digest}/quarantine/fix',
      summary: 'Write cells of quarantined rows anew, by rule or by line',
      request: { headers, params: snapshotParams, body: jsonBody(fixQuarantineRequest) },
      responses: answers(commandAnswer, 'The edit is kept, and takes effect when the rows are replayed.'),
    }),
    async (context) => {
      const { set, rule = null, line = null, reason } = context.req.valid('json');
      const key = context.req.valid('header')['idempotency-key'] ?? null;
      const input = { digest: context.req.valid('param').digest, key, reason, pick: { ruleId: rule, line }, set };
      return context.json(await fixQuarantine(contextOf(context), input), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/snapshots/{digest}/quarantine/repair/check',
      summary: 'Which quarantined rows a repair would mend; nothing is stored',
      request: { params: snapshotParams, body: jsonBody(checkRepairRequest) },
      responses: answers(repairCheck, 'Counts, and the first cells before and after; at most 10,000 rows are tried.'),
    }),
    async (context) => {
      const { repair, at = null } = context.req.valid('json');
      const { digest } = context.req.valid('param');
      return context.json(await checkQuarantineRepair(contextOf(context), { digest, repair, at }, dependencies), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/snapshots/{digest}/quarantine/repair',
      summary: 'Add a repair to the definition, whose next revision reads the source anew',
      request: { headers, params: snapshotParams, body: jsonBody(repairQuarantineRequest) },
      responses: answers(quarantineRepaired, 'The revision is stored; the rows that pass come in by its reading.'),
    }),
    async (context) => {
      const { repair, at = null, reason } = context.req.valid('json');
      const key = context.req.valid('header')['idempotency-key'] ?? null;
      const input = { digest: context.req.valid('param').digest, key, reason, repair, at };
      return context.json(await repairQuarantine(contextOf(context), input), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/snapshots/{digest}/quarantine/drop',
      summary: 'Decide that quarantined rows will not be learnt from',
      request: { headers, params: snapshotParams, body: jsonBody(dropQuarantineRequest) },
      responses: answers(rowsDecided, 'With neither a rule nor a line, every open row; at most 10,000 at once.'),
    }),
    async (context) => {
      const { rule = null, line = null, reason } = context.req.valid('json');
      const key = context.req.valid('header')['idempotency-key'] ?? null;
      const input = { digest: context.req.valid('param').digest, key, reason, pick: { ruleId: rule, line } };
      return context.json(await dropQuarantine(contextOf(context), input, dependencies), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/snapshots/{digest}/quarantine/replay',
      summary: 'Check quarantined rows again, and take in those that pass',
      request: { headers, params: snapshotParams, body: jsonBody(reasonedRequest) },
      responses: answers(rowsReplayed, 'A snapshot that continues the history; at most 10,000 rows at once.'),
    }),
    async (context) => {
      const { reason } = context.req.valid('json');
      const key = context.req.valid('header')['idempotency-key'] ?? null;
      const input = { digest: context.req.valid('param').digest, key, reason };
      return context.json(await replayQuarantine(contextOf(context), input, dependencies), 200);
    },
  );
}
