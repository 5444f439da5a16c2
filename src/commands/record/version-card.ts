import { authorise } from '../../access/principal.ts';
import { annotationsOf, wordsOf, type AnnotationRow } from '../../db/people/annotations.ts';
import { versionPageOf, type VersionPage } from '../../db/pages/version.ts';
import { cardRestOf, type CardRest } from '../../db/pages/version-card.ts';
import type { CardData, CardFacts, CardMove, CardRollout } from '../../domain/record/card/card-facts.ts';
import { sayFallback } from '../../domain/record/card/say-fallback.ts';
import { sayExternalFit, sayParity, type FitFact } from '../../domain/training/external/say-external-fit.ts';
import { calibrationFacts } from '../../domain/training/calibration/say-calibration.ts';
import { ensembleFacts } from '../../domain/training/search/say-ensemble.ts';
import { sayFound } from '../../domain/training/search/say-search.ts';
import { selectionFacts } from '../../domain/training/selection/say-selection.ts';
import { describeSource } from '../../sources/registry.ts';
import type { CommandContext } from '../base/context.ts';

export interface OfVersion {
  readonly model: string;
  readonly version: number;
}

/** Everything that a card says of a version. Throws `version_not_found` listing what exists. */
export async function versionCard(context: CommandContext, input: OfVersion): Promise<CardFacts> {
  authorise(context.principal, 'read', input.model);
  const { db } = context.database;
  const page = await versionPageOf(db, input.model, input.version);
  const annotations = await annotationsOf(db, input.model, input.version);
  const ofModel = await annotationsOf(db, input.model, null);
  const rest = await cardRestOf(db, {
    ...input,
    snapshots: page.snapshots.map(({ digest }) => digest),
    firstRolloutAt: page.rollouts.at(-1)?.startedAt ?? null,
    isServing: page.serving !== null,
  });
  return cardFactsOf(page, rest, annotations, ofModel);
}

function cardFactsOf(
  page: VersionPage,
  rest: CardRest,
  annotations: readonly AnnotationRow[],
  ofModel: readonly AnnotationRow[],
): CardFacts {
  const { model, version, status, origin, report, gate } = page;
  const { specRevision, specDigest, threshold, labelledRows, throughWindow, modelDigest } = page;
  return {
    formatVersion: 1,
    model,
    version,
    status,
    origin,
    specRevision,
    specDigest,
    threshold,
    labelledRows,
    throughWindow,
    modelDigest,
    createdAt: minute(page.createdAt),
    spec: specIn(page),
    source: describeSource(page.spec.source),
    ...wordsIn(annotations, ofModel),
    fitFacts: fitFactsIn(page),
    family: report.release?.family ?? null,
    trees: report.release?.trees ?? null,
    rows: report.rows ?? null,
    data: dataIn(page, rest),
    metrics: report.candidate?.testMetrics ?? null,
    intervals: gate?.intervals ?? {},
    baselines: (report.baselines ?? []).map(({ family, testMetrics }) => ({
      name: `${family} baseline`,
      metrics: testMetrics,
    })),
    reliability: gate?.reliability ?? null,
    slices: report.slices ?? [],
    fairness: report.fairness ?? null,
    importance: report.importance ?? [],
    contributions: report.contributions ?? null,
    gate: gate === null ? null : { verdict: gate.verdict, at: minute(gate.at), checks: gate.checks },
    correction: page.corrected?.answering ?? null,
    fallback: sayFallback(page.spec),
    alerts: rest.alerts.map(({ severity, title, openedAt }) => ({ severity, title, since: minute(openedAt) })),
    moves: page.moves.map((move) => moveIn(move, version)).toReversed(),
    rollouts: page.rollouts.map((row) => rolloutIn(row, rest)).toReversed(),
    madeBy: gate?.code ?? null,
  };
}

/** The parts of a definition that a card speaks of; secrets are named in none of them. */
function specIn({ spec }: VersionPage): CardFacts['spec'] {
  const { about, target, features, derived, slices, split, value, trainer, rollout } = spec;
  const known = { about, target, features, slices, split, value, trainer, rollout };
  return derived === undefined ? known : { ...known, derived };
}

function wordsIn(
  annotations: readonly AnnotationRow[],
  ofModel: readonly AnnotationRow[],
): Pick<CardFacts, 'owner' | 'description' | 'tags' | 'notes'> {
  const words = wordsOf(annotations);
  const modelWords = wordsOf(ofModel);
  return {
    owner: words.owner ?? modelWords.owner,
    description: words.description ?? modelWords.description,
    tags: words.tags,
    notes: annotations
      .filter((row) => row.kind === 'note')
      .map((row) => ({ text: row.text, actor: row.actor, at: minute(row.createdAt) })),
  };
}

function fitFactsIn({ report }: VersionPage): readonly FitFact[] {
  const { external, search, selection, parity, ensemble, calibration } = report;
  const compared = parity === undefined ? [] : [{ name: 'Its own answers beside its file', text: sayParity(parity) }];
  return [
    ...selectionFacts(selection),
    ...ensembleFacts(ensemble),
    ...calibrationFacts(calibration),
    ...(external === undefined ? [] : [...sayExternalFit(external), ...compared]),
    ...(search === undefined ? [] : [{ name: 'Search', text: sayFound(search) }]),
  ];
}

function dataIn({ snapshots, inputs, spec, eventTimes }: VersionPage, { tags, erased }: CardRest): CardData {
  const names = new Set(spec.features.map(({ name }) => name));
  return {
    snapshots: snapshots.map(({ digest, kind, rows, quarantinedRows, createdAt }) => ({
      digest,
      kind,
      rows,
      quarantinedRows,
      createdAt: minute(createdAt),
      tags: tags.get(digest) ?? [],
    })),
    span: eventTimes === null ? null : { from: minute(eventTimes.from), to: minute(eventTimes.to) },
    erased,
    seen: inputs
      .filter(({ name }) => names.has(name))
      .map(({ name, rows, missing, min, max }) => ({
        name,
        rows,
        missing,
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
      })),
  };
}

function moveIn({ at, fromVersion, toVersion, actor, why }: VersionPage['moves'][number], version: number): CardMove {
  const became = fromVersion === null ? 'became champion' : `became champion after v${fromVersion}`;
  const ceased = toVersion === null ? 'was taken out' : `was followed by v${toVersion}`;
  return { at: minute(at), what: toVersion === version ? became : ceased, actor, why };
}

function rolloutIn(row: VersionPage['rollouts'][number], { approvals }: CardRest): CardRollout {
  const { attempt, status, reason, startedAt, endedAt } = row;
  return {
    attempt,
    status,
    reason,
    startedAt: minute(startedAt),
    endedAt: endedAt === null ? null : minute(endedAt),
    approvedBy: approvals.filter((given) => given.attempt === attempt).map(({ actor }) => actor),
  };
}

function minute(at: Date): string {
  const text = at.toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}
