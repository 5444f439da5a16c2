import type { AnnotationKind } from '../../domain/record/closed-sets.ts';
import { authorise } from '../../access/principal.ts';
import type { AnnotationView } from '../../contracts/http/command-requests.ts';
import {
  annotationsMax,
  annotationsOf,
  annotationsOfAll,
  annotationViewOf,
  insertAnnotation,
} from '../../db/people/annotations.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { readModel } from '../../db/models/specs.ts';
import { isReleasedVersion } from '../../db/views/views-versions.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';
import { actorOf } from '../base/run-command.ts';
import { formatSubject, type AuditSubject } from '../../domain/record/audit-subject.ts';

export interface AnnotateInput {
  readonly model: string;
  /** Null speaks of the model itself. */
  readonly version: number | null;
  readonly kind: AnnotationKind;
  readonly text: string;
}

const listedMax = 1_000;

/** Writes a tag, note, description or owner on a model or a version; the same words twice are one annotation. */
export async function annotate(context: CommandContext, input: AnnotateInput): Promise<AnnotationView> {
  authorise(context.principal, 'operate', input.model);
  const { database } = context;
  await readModel(database.db, input.model);
  // Throws `version_not_found` listing what exists; released or not, it may be spoken of.
  if (input.version !== null) await isReleasedVersion(database.db, input.model, input.version);
  const actor = actorOf(context);
  return withTransaction(database, async (tx) => {
    if ((await annotationsOf(tx, input.model, input.version)).length >= annotationsMax) {
      throw new PerennialError(
        'conflict',
        `${formatSubject(subjectOf(input))} has ${annotationsMax} annotations already.`,
        {
          path: 'text',
          hint: 'Take one back first.',
        },
      );
    }
    const { row, isNew } = await insertAnnotation(tx, { ...input, actor });
    if (isNew) {
      const data = { annotationId: row.annotationId, kind: row.kind, text: row.text, version: row.version };
      await appendAudit(tx, {
        type: 'perennial.annotation.added',
        model: row.model,
        subject: subjectOf(row),
        actor,
        tokenId: context.principal.tokenId,
        reason: `${row.kind}: ${row.text}`,
        data,
      });
    }
    return annotationViewOf(row);
  });
}

/** What stands on a model and its versions (`version` undefined), on the model alone (null) or on one version. */
export async function annotations(
  context: CommandContext,
  input: { readonly model: string; readonly version?: number | null },
): Promise<readonly AnnotationView[]> {
  authorise(context.principal, 'read', input.model);
  const { db } = context.database;
  await readModel(db, input.model);
  const rows =
    input.version === undefined
      ? await annotationsOfAll(db, input.model, listedMax)
      : await annotationsOf(db, input.model, input.version);
  return rows.map(annotationViewOf);
}

export function subjectOf(row: { readonly model: string; readonly version: number | null }): AuditSubject {
  const { model, version } = row;
  return version === null ? { of: 'model', model } : { of: 'version', model, version };
}
