import {
  stepFormatVersion,
  type PlannedStep,
  type StepInput,
  type StepReport,
  type UserStepsAsk,
} from '../../src/domain/record/user-steps/messages.ts';
import type { TrainReport } from '../../src/domain/training/training.ts';
import { findVersion } from '../../src/db/models/versions.ts';
import { findRollout } from '../../src/db/routing/rollouts.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { readReport } from '../train/keep-trained.ts';
import { definitionOf } from './definition-of.ts';

export function planUserStepsActivities(deps: ActivityDependencies) {
  const { db } = deps.database;

  /** The steps of a point, in their order, each with what it is given. */
  async function planUserSteps(ask: UserStepsAsk): Promise<readonly PlannedStep[]> {
    const { spec, revision } = await definitionOf(db, ask);
    const about = await aboutOf(ask);
    return (spec.steps?.[ask.point] ?? []).map(({ settings, ...step }) => ({
      step,
      input: {
        formatVersion: stepFormatVersion,
        point: ask.point,
        step: step.name,
        model: ask.model,
        run: ask.runId,
        specRevision: revision,
        settings,
        ...about,
      },
    }));
  }

  /** What is known at the point. */
  async function aboutOf({ model, snapshots, trained, rollout }: UserStepsAsk): Promise<Partial<StepInput>> {
    if (rollout !== undefined) {
      const row = await findRollout(db, rollout);
      const version = await findVersion(db, model, rollout.version);
      return {
        version: rollout.version,
        champion: row?.baseVersion ?? null,
        ...(version === null ? {} : { report: reportOf(version.report) }),
      };
    }
    const data = snapshots === undefined ? {} : { snapshots };
    if (trained === undefined) return data;
    const { modelDigest, profileDigest, testScoresDigest, reportDigest } = trained;
    return {
      ...data,
      artifacts: { model: modelDigest, profile: profileDigest, testScores: testScoresDigest, report: reportDigest },
      champion: (await readRouting(db, model))?.champion?.version ?? null,
      report: reportOf(await readReport(deps, reportDigest)),
    };
  }

  return { planUserSteps };
}

/** A report of an import, or of an earlier release, lacks members. */
function reportOf({ candidate, release, rows }: Partial<TrainReport>): StepReport {
  const figures = Object.entries(candidate?.testMetrics ?? {}).filter(([, value]) => Number.isFinite(value));
  return {
    family: release?.family ?? 'unknown',
    threshold: release?.threshold ?? null,
    rows: { ...rows },
    testMetrics: Object.fromEntries(figures),
  };
}
