import { authorise, hasFullScope } from '../../access/principal.ts';
import { hasPermission } from '../../access/roles.ts';
import { isInScope } from '../../access/scope.ts';
import type { AuditVerified } from '../../contracts/http/audit.ts';
import type { ChampionAtView } from '../../contracts/http/views.ts';
import { auditLines, evidenceLine, type AuditFilter, type AuditLine, type EvidenceLine } from '../../db/pages/audit.ts';
import { championAt } from '../../db/views/views-moves.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { verifyAuditChain } from '../record/audit.ts';
import type { CommandContext } from '../base/context.ts';
import { dayOf } from './runs.ts';

export interface AuditQuery {
  readonly model: string | null;
  readonly type: string | null;
  readonly actor: string | null;
  readonly subject: string | null;
  readonly since: string | null;
  readonly until: string | null;
  /** Rows before this one. */
  readonly before: string | null;
}

export interface AuditShown {
  readonly lines: readonly AuditLine[];
  readonly next: number | null;
  readonly canVerify: boolean;
}

const pageRows = 50;
const exportBatchRows = 500;
/** An export ends here; the page says so, and a filter by time gives the rest. */
export const exportRowsMax = 50_000;

export async function auditShown(context: CommandContext, query: AuditQuery): Promise<AuditShown> {
  const lines = await auditLines(context.database.db, { ...filterOf(context, query), limit: pageRows });
  const shown = lines.slice(0, pageRows);
  return {
    lines: shown,
    next: lines.length > pageRows ? (shown.at(-1)?.seq ?? null) : null,
    canVerify: hasPermission(context.principal.role, 'tokens') && hasFullScope(context.principal),
  };
}

/**
 * The rows of a filter in batches, latest first, at most 50,000. What is refused is refused here, before an answer has
 * begun.
 */
export function auditExport(context: CommandContext, query: AuditQuery): AsyncGenerator<readonly AuditLine[]> {
  return batchesOf(context, filterOf(context, query));
}

async function* batchesOf(
  context: CommandContext,
  filter: Omit<AuditFilter, 'limit'>,
): AsyncGenerator<readonly AuditLine[]> {
  let { beforeSeq } = filter;
  for (let sent = 0; sent < exportRowsMax; sent += exportBatchRows) {
    const lines = (await auditLines(context.database.db, { ...filter, beforeSeq, limit: exportBatchRows })).slice(
      0,
      exportBatchRows,
    );
    if (lines.length > 0) yield lines;
    beforeSeq = lines.at(-1)?.seq ?? 0;
    if (lines.length < exportBatchRows) return;
  }
}

function filterOf(context: CommandContext, query: AuditQuery): Omit<AuditFilter, 'limit'> {
  authorise(context.principal, 'audit', query.model);
  const before = query.before === null ? null : Number(query.before);
  if (before !== null && !Number.isSafeInteger(before))
    throw new PerennialError('invalid_request', 'The place in the audit is a whole number.', {
      path: 'before',
      hint: 'Begin again at /audit.',
    });
  const { model, type, actor, subject } = query;
  return {
    scope: context.principal.scope,
    model,
    type,
    actor,
    subject,
    since: dayOf(query.since, 'since'),
    until: dayOf(query.until, 'until'),
    beforeSeq: before,
  };
}

export interface ChampionThen {
  readonly view: ChampionAtView;
  readonly evidence: EvidenceLine | null;
}

/** Who was champion at an instant, why, and on what evidence. */
export async function championThen(
  context: CommandContext,
  input: { readonly model: string; readonly at: string | null },
): Promise<ChampionThen> {
  authorise(context.principal, 'read', input.model);
  const { db } = context.database;
  // A date box without a zone means UTC, as the page says.
  const text =
    input.at === null || /Z|[+-]\d{2}:?\d{2}$/.test(input.at) || !input.at.includes('T') ? input.at : `${input.at}Z`;
  const view = await championAt(db, input.model, dayOf(text, 'at') ?? new Date());
  const evidenceId = view.champion?.evidenceId ?? null;
  return { view, evidence: evidenceId === null ? null : await evidenceLine(db, evidenceId) };
}

/** One piece of evidence. Of a model outside the scope it does not exist: numbers must not leak names. */
export async function evidenceShown(
  context: CommandContext,
  input: { readonly evidenceId: number },
): Promise<EvidenceLine> {
  authorise(context.principal, 'read', null);
  const line = Number.isSafeInteger(input.evidenceId)
    ? await evidenceLine(context.database.db, input.evidenceId)
    : null;
  if (line === null || !isInScope(context.principal.scope, line.model)) {
    throw new PerennialError(
      'not_found',
      `There is no evidence ${Number.isSafeInteger(input.evidenceId) ? input.evidenceId : 'of that number'}.`,
      { hint: 'Open one that a version, a rollout or the audit links to.' },
    );
  }
  return line;
}

/** Checks the chain, a few seconds at a time; `after` is where the last check stopped, as `seq:hash`. */
export async function verifyShown(context: CommandContext, after: string | null): Promise<AuditVerified> {
  const match = after === null ? null : /^(\d{1,15}):([0-9a-f]{64})$/.exec(after);
  if (after !== null && match === null)
    throw new PerennialError('invalid_request', 'The place to go on from is not one that a check gave.', {
      path: 'after',
      hint: 'Begin again at /audit?verify=1.',
    });
  return verifyAuditChain(context, {
    after: match === null ? null : { seq: Number(match[1]), hash: match[2] ?? '' },
    expect: null,
  });
}
