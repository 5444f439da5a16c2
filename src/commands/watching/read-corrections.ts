import { authorise } from '../../access/principal.ts';
import type { AnsweringCorrection, CorrectionView } from '../../contracts/http/corrections.ts';
import type { Page } from '../../contracts/http/page.ts';
import { readModel } from '../../db/models/specs.ts';
import { readRouting } from '../../db/routing/routing.ts';
import { answeringOf, listCorrections, type CorrectionsAsked } from '../../db/views/views-corrections.ts';
import type { CommandContext } from '../base/context.ts';

/** Corrections of a model, newest first, with what answers now. */
export async function corrections(
  { principal, database: { db } }: CommandContext,
  asked: CorrectionsAsked,
): Promise<Page<CorrectionView> & { readonly answering: AnsweringCorrection[] }> {
  authorise(principal, 'read', asked.model);
  await readModel(db, asked.model);
  const page = await listCorrections(db, asked);
  return { ...page, answering: answeringOf(await readRouting(db, asked.model)) };
}
