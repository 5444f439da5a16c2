import { labelPlanOf } from '../../src/domain/watch/mature-through.ts';
import { createProfileReader } from '../../src/artifacts/profile-reader.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { readCurrentSpec } from '../../src/db/models/specs.ts';
import { findVersion, type VersionRow } from '../../src/db/models/versions.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { readMaturity } from '../../src/db/traffic/mature/read-maturity.ts';
import { putBest } from '../../src/db/watching/best-reference.ts';
import { dueFromWindow } from '../../src/db/routing/due-corrections.ts';
import { takeUpAgain } from '../../src/db/watching/set-window-aside.ts';
import { countersOf, isOvertaken, markJudged, type CounterRow, type WindowRow } from '../../src/db/watching/windows.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { createAnswersReader } from './answers-reader.ts';
import { fitCorrections, nextDue, putCorrections } from './correct.ts';
import { decideOrNudge } from './decide-or-nudge.ts';
import { earlierRowsMax, judgeDecayOf } from './judge-decay-of.ts';
import { judgeDriftOf } from './judge-drift-of.ts';
import { judgeEstimatesOf, putEstimates } from './unlabelled/judge-estimates-of.ts';
import { judgeProxiesOf, putProxiesOf } from './unlabelled/judge-proxies-of.ts';
import { judgeBestWorldOf } from './reference/judge-best-world-of.ts';
import { judgeLabelsOf } from './reference/judge-labels-of.ts';
import { judgeSuccessOf } from './judge-success-of.ts';
import { withCauses } from './slices/decay-causes-of.ts';
import { judgeSlicesOf } from './slices/judge-slices-of.ts';
import type { LeasedWrite } from './leased-write.ts';
import { kindsOf } from '../../src/domain/watch/causes/drift-kinds.ts';
import { createQualityMeasurer } from './measure-quality.ts';
import { recentScoresOf } from './recent-scores.ts';
import { ringForWindow } from './ring-for-window.ts';
import { createSpecReader } from './spec-reader.ts';

/** Judges one closed window: verdict with evidence, alerts, corrections, and a decision or a nudge to the entity. */
export type JudgeWindow = (window: WindowRow, write: LeasedWrite) => Promise<void>;

export function createWindowJudge(deps: ActivityDependencies): JudgeWindow {
  const { database, store, log } = deps;
  const { db } = database;
  const readProfile = createProfileReader(store);
  const specOf = createSpecReader(db);
  const quality = createQualityMeasurer(deps, specOf);

  return async function judgeWindow(window, write) {
    const { model, number } = window;
    const { spec } = await readCurrentSpec(db, model);
    const counters = await countersOf(db, model, number);
    const champion = await championDuring(db, model, counters);
    const known = { throughSeq: window.lastSeq, throughWindow: number };
    const maturity = await readMaturity(db, model, labelPlanOf(spec), known);
    const recent = recentScoresOf(db, window, {
      matureSeq: maturity.throughSeq,
      rowsReadMax: Math.max(spec.watch.decay.labelledRowsMin + earlierRowsMax, spec.watch.correction?.rowsMax ?? 0),
      hasNumbers: (spec.watch.correction?.featuresMax ?? 0) > 0,
      hasTimes: spec.watch.season != null,
    });
    const drift =
      champion === null ? null : await judgeDriftOf(deps, write, readProfile, window, champion, spec, counters);
    const judgedDecay = champion === null ? null : await judgeDecayOf(db, number, champion, spec, recent);
    const { decay, slices } =
      champion === null || judgedDecay === null
        ? { decay: null, slices: null }
        : {
            decay: await withCauses(deps, specOf, spec, champion, judgedDecay),
            slices: await judgeSlicesOf(deps, specOf, spec, champion, counters, judgedDecay.read),
          };
    const labels =
      champion === null ? null : await judgeLabelsOf(db, readProfile, spec, champion, window, maturity.throughSeq);
    const bestWorld = champion === null ? null : await judgeBestWorldOf(db, readProfile, spec, champion, window);
    const corrections = await fitCorrections(deps, window, spec, recent);
    const asked = { model, window: number, matureSeq: maturity.throughSeq };
    const success = await judgeSuccessOf(db, spec, specOf, asked);
    const answersOf = createAnswersReader(db, spec, specOf, number);
    const estimate =
      champion === null
        ? null
        : await judgeEstimatesOf(db, spec, { answersOf, readProfile }, { ...asked, number, champion, counters });
    const proxied = champion === null ? null : { window, champion, counters, matureSeq: maturity.throughSeq };
    const proxies = proxied === null ? null : await judgeProxiesOf(db, spec, proxied);
    const verdict = decay?.verdict === 'decayed' ? 'decayed' : (drift?.verdict ?? 'insufficient');
    const evidence = await write(async (tx) => {
      const about = { window: number, champion: champion?.version ?? null, rows: window.rows };
      const body = {
        ...about,
        drift,
        decay,
        kinds: kindsOf(drift, decay, labels),
        maturity,
        ...(labels === null ? {} : { labels }),
        ...(bestWorld === null ? {} : { bestWorld }),
        ...(slices === null ? {} : { slices }),
        ...(success === null ? {} : { success }),
        ...(estimate === null ? {} : { estimate }),
        ...(proxies === null ? {} : { proxies }),
      };
      const stored = await putEvidence(tx, {
        model,
        kind: 'window',
        subject: { of: 'window', window: number },
        verdict,
        body,
      });
      if (estimate !== null) await putEstimates(tx, model, number, estimate);
      if (proxied !== null && proxies !== null) await putProxiesOf(tx, proxied, proxies);
      // A window that had to wait says nothing about today when a later one has spoken.
      if (window.judgeAttempts > 0 && (await isOvertaken(tx, model, number))) return stored;
      if (champion !== null)
        await ringForWindow(tx, spec, champion, number, { drift, decay, labels, bestWorld, slices, estimate, proxies });
      if (judgedDecay?.kept != null) await putBest(tx, model, judgedDecay.kept, number);
      if (await dueFromWindow(tx, window, nextDue(spec, corrections, window.labelledRows)))
        await putCorrections(tx, { model, number }, corrections);
      return stored;
    });
    await decideOrNudge(deps, write, model, number, async (tx) => {
      await markJudged(tx, model, number, verdict, evidence.evidenceId);
      if (window.judgeAttempts > 0) await takeUpAgain(tx, window);
    });
    // Nobody waits for it, and what failed now is measured again when the window is 1, 2, 4, … windows old.
    await quality
      .measure({ model, number, matureSeq: maturity.throughSeq }, spec, write, answersOf)
      .catch((error: unknown) =>
        log.warn({ model, window: number, err: error }, 'the quality of a window was not measured'),
      );
  };
}

/** The version that answered as champion at the end of the window. */
async function championDuring(db: Db, model: string, counters: readonly CounterRow[]): Promise<VersionRow | null> {
  const latest = counters
    .filter((row) => row.arm === 'champion')
    .toSorted((a, b) => b.routingRevision - a.routingRevision)[0];
  const version = latest?.version ?? (await readRouting(db, model))?.champion?.version;
  return version === undefined ? null : findVersion(db, model, version);
}
