import { authorise } from '../../access/principal.ts';
import { isInScope } from '../../access/scope.ts';
import type { AnnotationView } from '../../contracts/http/command-requests.ts';
import { annotationViewOf, findAnnotation, takeBackAnnotation } from '../../db/people/annotations.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { subjectOf } from './annotate.ts';
import type { CommandContext } from '../base/context.ts';
import { actorOf } from '../base/run-command.ts';

/**
 * Takes an annotation back; doing so twice is doing it once. One outside the scope does not exist, like one that is not
 * there.
 */
export async function removeAnnotation(
  context: CommandContext,
  input: { readonly annotationId: number; readonly model?: string; readonly reason?: string },
): Promise<AnnotationView> {
  authorise(context.principal, 'operate', null);
  const row = await findAnnotation(context.database.db, input.annotationId);
  if (
    row === null ||
    !isInScope(context.principal.scope, row.model) ||
    (input.model !== undefined && input.model !== row.model)
  ) {
    throw new PerennialError('not_found', `There is no annotation ${input.annotationId}.`, {
      path: 'id',
      hint: 'Use an id listed by `perennial annotate <model>`.',
    });
  }
  const actor = actorOf(context);
  await withTransaction(context.database, async (tx) => {
    if (!(await takeBackAnnotation(tx, input.annotationId))) return;
    const data = { annotationId: row.annotationId, kind: row.kind, version: row.version };
    await appendAudit(tx, {
      type: 'perennial.annotation.removed',
      model: row.model,
      subject: subjectOf(row),
      actor,
      tokenId: context.principal.tokenId,
      reason: input.reason ?? '',
      data,
    });
  });
  return annotationViewOf(row);
}
