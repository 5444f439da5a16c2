import type { CorrectionView } from '../../contracts/http/corrections.ts';
import { authorise } from '../../access/principal.ts';
import { hasPermission } from '../../access/roles.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { annotationsOf, wordsOf, type AnnotationRow } from '../../db/people/annotations.ts';
import { versionPageOf, type VersionPage } from '../../db/pages/version.ts';
import { findVersion } from '../../db/models/versions.ts';
import { listCorrections } from '../../db/views/views-corrections.ts';
import { versionOf } from '../../db/views/views-versions.ts';
import type { ExternalFit } from '../../domain/training/external.ts';
import { sayFound } from '../../domain/training/search/say-search.ts';
import { sayExternalFit, sayParity, type FitFact } from '../../domain/training/external/say-external-fit.ts';
import { calibrationFacts } from '../../domain/training/calibration/say-calibration.ts';
import { ensembleFacts } from '../../domain/training/search/say-ensemble.ts';
import { selectionFacts } from '../../domain/training/selection/say-selection.ts';
import { modelCard } from '../../domain/record/model-card.ts';
import { sayFallback } from '../../domain/record/model-card-fallback.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import type { CommandContext } from '../base/context.ts';

const correctionsShownMax = 50;

export interface OfVersion {
  readonly model: string;
  readonly version: number;
}

export interface VersionShown {
  readonly page: VersionPage;
  readonly annotations: readonly AnnotationRow[];
  readonly card: string;
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
  const ofModel = await annotationsOf(db, input.model, null);
  const corrections = await listCorrections(db, { ...input, limit: correctionsShownMax });
  return {
    page,
    annotations,
    card: cardOf(page, annotations, ofModel),
    corrections: corrections.items,
    runLink: context.bus.uiUrl(page.run?.runId ?? workflowIds.model(input.model)),
    canOperate: hasPermission(context.principal.role, 'operate'),
  };
}

/** Where the bytes of a version lie. The digest comes from its row; no word of a client ever becomes a path. */
export async function versionFile(
  context: CommandContext,
  input: OfVersion,
  store: Pick<ArtifactStore, 'pathOf'>,
): Promise<{ readonly path: string; readonly digest: string }> {
  authorise(context.principal, 'operate', input.model);
  const row = await findVersion(context.database.db, input.model, input.version);
  if (row === null) {
    // Its sentence lists what exists.
    const { modelDigest } = await versionOf(context.database.db, input.model, input.version);
    return { path: await store.pathOf(modelDigest), digest: modelDigest };
  }
  return { path: await store.pathOf(row.modelDigest), digest: row.modelDigest };
}

function cardOf(page: VersionPage, annotations: readonly AnnotationRow[], ofModel: readonly AnnotationRow[]): string {
  const words = wordsOf(annotations);
  const modelWords = wordsOf(ofModel);
  const { report } = page;
  return modelCard({
    ...page,
    createdAt: minute(page.createdAt),
    owner: words.owner ?? modelWords.owner,
    description: words.description ?? modelWords.description,
    tags: words.tags,
    notes: annotations
      .filter((row) => row.kind === 'note')
      .map((row) => ({ text: row.text, actor: row.actor, at: minute(row.createdAt) })),
    family: report.release?.family ?? null,
    fitFacts: [
      ...selectionFacts(report.selection),
      ...ensembleFacts(report.ensemble),
      ...calibrationFacts(report.calibration),
      ...(report.external === undefined ? [] : factsOf(report.external, report.parity)),
      ...(report.search === undefined ? [] : [{ name: 'Search', text: sayFound(report.search) }]),
    ],
    trees: report.release?.trees ?? null,
    rows: report.rows ?? null,
    metrics: report.candidate?.testMetrics ?? null,
    intervals: page.gate?.intervals ?? {},
    baselines: (report.baselines ?? []).map((baseline) => ({
      name: `${baseline.family} baseline`,
      metrics: baseline.testMetrics,
    })),
    slices: report.slices ?? [],
    importance: report.importance ?? [],
    correction: page.corrected?.answering ?? null,
    fallback: sayFallback(page.spec),
    approvals: page.moves
      .filter((move) => move.toVersion === page.version)
      .map((move) => ({ at: minute(move.at), what: 'became champion', actor: move.actor, why: move.why }))
      .toReversed(),
  });
}

function factsOf(fit: ExternalFit, parity: VersionPage['report']['parity']): readonly FitFact[] {
  const compared = parity === undefined ? [] : [{ name: 'Its own answers beside its file', text: sayParity(parity) }];
  return [...sayExternalFit(fit), ...compared];
}

function minute(at: Date): string {
  const text = at.toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}
