import { authorise } from '../../access/principal.ts';
import type { AbTestView } from '../../contracts/http/ab-tests.ts';
import type { SourceStanding, SourceView } from '../../contracts/http/data/sources.ts';
import type { ChampionAtView } from '../../contracts/http/views.ts';
import { modelHead, type ModelHead } from '../../db/pages/model.ts';
import { championMoves, decisionLines, type DecisionLine, type MoveLine } from '../../db/pages/model-story.ts';
import { valueTotal, windowLines, type ValueTotal, type WindowLine } from '../../db/pages/model-windows.ts';
import { abTestViews } from '../../db/views/views-ab-tests.ts';
import { championAt } from '../../db/views/views-moves.ts';
import { viewStandings, type ViewStanding } from '../../db/feature-views/view-standings.ts';
import { servingStateOf, type ServingState } from '../../db/routing/serving-state.ts';
import { activeRollout, lastSeqOf } from '../../db/routing/rollouts.ts';
import { readArrival, type Arrival } from '../../db/traffic/mature/read-maturity.ts';
import { holdsOf, type LegalHold } from '../../db/retention/holds.ts';
import { storageOf, type ModelStorage } from '../../db/installation/storage.ts';
import { readBest } from '../../db/watching/best-reference.ts';
import type { BestReference } from '../../domain/watch/best/best-reference.ts';
import { openRolloutsOf, rolloutViewOf } from '../../db/views/views-rollouts.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import type { CommandContext } from '../base/context.ts';
import { sourceStatusOf } from '../record/sources.ts';
import { viewSourcesOf } from '../views/sources-of-views.ts';
import { approversOf, type Approvers } from './approvers.ts';

const abTestsShown = 10;

export interface ModelInput {
  readonly model: string;
  /** The page of windows ends before this one; null for the latest. */
  readonly windowsBefore: number | null;
  /** "Who was champion then?"; null when nobody asks. */
  readonly at: Date | null;
}

export interface ModelView extends ModelHead {
  readonly windows: readonly WindowLine[];
  readonly moves: readonly MoveLine[];
  readonly decisions: readonly DecisionLine[];
  readonly value: ValueTotal;
  /** How far the processes that serve have followed the routing. */
  readonly serving: ServingState;
  /** What the open rollout waits for, in words; null without one. */
  readonly rolloutWaitsFor: string | null;
  readonly championAt: ChampionAtView | null;
  /** How late labels come, and through which row verdicts about quality look. */
  readonly arrival: Arrival;
  /** What it takes, as measured within the last hours; null before the first time. */
  readonly storage: ModelStorage | null;
  /** The champion with the smallest loss so far; null while none is kept. */
  readonly best: BestReference | null;
  /** While it stands, nothing of the model is removed. */
  readonly hold: LegalHold | null;
  readonly approvers: Approvers;
  /** The latest A/B tests. */
  readonly abTests: readonly AbTestView[];
  /** How its source stands; null for an imported model. */
  readonly source: SourceView | null;
  /** How the values of feature views stood that were served. */
  readonly viewStandings: readonly ViewStanding[];
  /** How the sources of the views stand that it takes features from, in the order of the definition. */
  readonly viewSources: readonly (SourceStanding & { readonly view: string })[];
  readonly temporalUrl: string;
}

/** Everything that a model's page shows; every list is bounded, and predictions are never counted. */
export async function modelPageOf(context: CommandContext, input: ModelInput): Promise<ModelView> {
  authorise(context.principal, 'read', input.model);
  const { db } = context.database;
  // First: a model that does not exist is said before anything is read for it.
  const head = await modelHead(db, input.model);
  const [windows, moves, decisions, value, openRollouts, lastSeq, held, stored, then, serving, kept, abTests, arrival] =
    await Promise.all([
      windowLines(db, input.model, input.windowsBefore),
      championMoves(db, input.model),
      decisionLines(db, input.model),
      valueTotal(db, input.model),
      openRolloutsOf(db, [input.model]),
      lastSeqOf(db, input.model),
      holdsOf(db, [input.model]),
      storageOf(db, [input.model]),
      input.at === null ? null : championAt(db, input.model, input.at),
      servingStateOf(db, input.model),
      readBest(db, input.model),
      abTestViews(db, input.model, { before: null, rowsMax: abTestsShown }),
      lastSeqOf(db, input.model).then((throughSeq) =>
        readArrival(
          db,
          input.model,
          { target: head.outline.target, coverage: head.outline.labelCoverage },
          { throughSeq },
        ),
      ),
    ]);
  const open = openRollouts.get(input.model) ?? null;
  return {
    ...head,
    windows,
    moves,
    decisions,
    value,
    serving,
    rolloutWaitsFor: open === null ? null : rolloutViewOf(open, lastSeq).waitsFor,
    championAt: then,
    arrival,
    best: kept.best,
    abTests,
    hold: held.get(input.model) ?? null,
    storage: stored.get(input.model) ?? null,
    // A rollout that is under way keeps to the plan that it began with.
    approvers: await approversOf(context, input.model, open?.plan ?? head.outline),
    source: await sourceStatusOf(context, input),
    viewStandings: (await viewStandings(db, [input.model])).get(input.model) ?? [],
    viewSources: await viewSourcesOf(context, input.model),
    temporalUrl: context.bus.uiUrl(workflowIds.model(input.model)),
  };
}

/**
 * Throws `conflict` unless the rollout that holds the slot is the one that the reader was shown (`version/attempt`).
 */
export async function refuseOtherRollout(
  context: CommandContext,
  input: { readonly model: string; readonly shown: string },
): Promise<void> {
  authorise(context.principal, 'operate', input.model);
  const open = await activeRollout(context.database.db, input.model);
  const now = open === null ? '' : `${open.version}/${open.attempt}`;
  if (open !== null && now === input.shown) return;
  const what =
    open === null ? 'no rollout is under way any more' : `the rollout under way is now that of v${open.version}`;
  throw new PerennialError('conflict', `Nothing was done: ${what}.`, {
    path: 'rollout',
    hint: 'Look at the page again and decide on what stands now.',
  });
}
