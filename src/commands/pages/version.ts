import type { CorrectionView } from '../../contracts/http/corrections.ts';
import { authorise } from '../../access/principal.ts';
import { hasPermission } from '../../access/roles.ts';
import { annotationsOf, type AnnotationRow } from '../../db/people/annotations.ts';
import { versionPageOf, type VersionPage } from '../../db/pages/version.ts';
import { listCorrections } from '../../db/views/views-corrections.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import type { CommandContext } from '../base/context.ts';
import type { OfVersion } from '../record/version-card.ts';

const correctionsShownMax = 50;

export interface VersionShown {
  readonly page: VersionPage;
  readonly annotations: readonly AnnotationRow[];
  /** The latest of it, newest first. */
  readonly corrections: readonly CorrectionView[];
  /** Web UI of the run that made it. */
  readonly runLink: string;
  readonly canOperate: boolean;
}

/** One version with everything that a person may ask about it. */
export async function versionPage(context: CommandContext, input: OfVersion): Promise<VersionShown> {
  authorise(context.principal, 'read', input.model);
  const { db } = context.database;
  const page = await versionPageOf(db, input.model, input.version);
  const annotations = await annotationsOf(db, input.model, input.version);
  const corrections = await listCorrections(db, { ...input, limit: correctionsShownMax });
  return {
    page,
    annotations,
    corrections: corrections.items,
    runLink: context.bus.uiUrl(page.run?.runId ?? workflowIds.model(input.model)),
    canOperate: hasPermission(context.principal.role, 'operate'),
  };
}
