import { findEvidence } from '../db/runs/evidence.ts';
import { loopFacts, type LoopFacts } from '../db/watching/loop-facts.ts';
import type { RolloutRow } from '../db/routing/rollouts.ts';
import type { VersionRow } from '../db/models/versions.ts';
import type { GateCheck } from '../domain/training/gate-check.ts';
import { workflowIds } from '../domain/words/ids.ts';
import { sayMany } from '../domain/words/say.ts';
import { stepsOf } from '../domain/rollout/rollout-plan.ts';
import { grouped, type Figures } from './acts.ts';
import type { Play } from './play.ts';
import { tellEnd } from './story-end.ts';
import { sayWorldMetrics, toldLoss, worldFigures } from './world-metrics.ts';
import { parseOccasion } from '../domain/record/occasion.ts';
import type { RunRow } from '../db/runs/runs.ts';

/** One thing that the platform did, as its rows tell it. */
interface Scene {
  readonly atMs: number;
  tell(): void | Promise<void>;
}

/**
 * Says what the platform has done since it was last asked, in the order in which it happened. Rows alone are asked.
 * `throughRow` leaves out what came of later traffic, which a resumed demo finds there too.
 */
export async function tellStory(play: Play, throughRow?: number): Promise<LoopFacts> {
  const facts = await loopFacts(play.stage.stack.database.db, play.spec.name);
  const scenes = [
    ...alarms(play, facts),
    ...retrains(play, facts),
    ...versions(play, facts),
    ...steps(play, facts),
    ...champions(play, facts),
    ...guards(play, facts),
  ];
  const untilMs = throughRow === undefined ? Infinity : closedAtMs(facts, throughRow / play.windowRows + 1);
  for (const scene of scenes.sort((a, b) => a.atMs - b.atMs)) if (scene.atMs < untilMs) await scene.tell();
  return facts;
}

/** When a window was closed; Infinity when it is still to come. */
export function closedAtMs(facts: Pick<LoopFacts, 'windows'>, window: number): number {
  return facts.windows.find(({ number }) => number === window)?.closedAt.getTime() ?? Infinity;
}

function alarms({ acts, spec }: Play, facts: LoopFacts): readonly Scene[] {
  return facts.alerts
    .filter(({ kind }) => kind === 'drift' || kind === 'decay')
    .map(({ alertId, kind, subject, title, body, openedAt }) => ({
      atMs: openedAt.getTime(),
      tell: () =>
        acts.tell(
          `alert/${alertId}`,
          'alarm',
          `${kind} of ${subject}: ${kind === 'drift' ? title : body}`,
          { kind, version: subject, title },
          workflowIds.model(spec.name),
          openedAt.getTime(),
        ),
    }));
}

function retrains({ acts }: Play, facts: LoopFacts): readonly Scene[] {
  return facts.retrains
    .filter(({ trigger }) => trigger !== 'first')
    .map(({ key, reason, trigger, runId, createdAt }) => ({
      atMs: createdAt.getTime(),
      tell: () =>
        acts.tell(
          `decision/${key}`,
          'retrain',
          reason,
          { trigger, decidedAt: key },
          runId ?? undefined,
          createdAt.getTime(),
        ),
    }));
}

function versions(play: Play, facts: LoopFacts): readonly Scene[] {
  return facts.versions.map((version) => ({
    atMs: version.createdAt.getTime(),
    tell: () => tellVersion(play, version),
  }));
}

async function tellVersion({ stage, acts, spec }: Play, version: VersionRow): Promise<void> {
  const { report } = version;
  const { candidate, rows } = report;
  const name = `v${version.version}`;
  const trained =
    `${name} from ${grouped(version.labelledRows)} labelled rows: ${report.release.trees} trees on the ` +
    `latest ${Math.round(100 * report.historyShare)} %, ` +
    `ONNX differs from the trainer by ${report.parity.maxAbsoluteDifference.toExponential(0)}`;
  acts.tell(
    `train/${name}`,
    'train',
    trained,
    {
      version: version.version,
      labelledRows: version.labelledRows,
      trees: report.release.trees,
      historyShare: report.historyShare,
      parity: report.parity.maxAbsoluteDifference,
    },
    version.runId,
    version.createdAt.getTime(),
  );
  const gate = await findEvidence(stage.stack.database.db, spec.name, 'gate', { of: 'run', runId: version.runId });
  const checks = Array.isArray(gate?.body['checks']) ? (gate.body['checks'] as readonly GateCheck[]) : [];
  const missed = ['fail', 'insufficient'].flatMap((verdict) =>
    checks
      .filter((check) => check.verdict === verdict && (verdict === 'fail' || check.gate.gate !== 'noWorseThanChampion'))
      .map(({ text }) => text),
  );
  const against = checks
    .filter(
      ({ gate, verdict }) => gate.gate === 'noWorseThanChampion' && gate.metric === toldLoss && verdict === 'pass',
    )
    .map(({ text }) => text);
  const held =
    `${name} passes ${sayMany(checks.filter(({ verdict }) => verdict === 'pass').length, 'check')} on ${rows.test} ` +
    `test rows: ${sayWorldMetrics(candidate.testMetrics, figure)}`;
  const others = missed.length > 1 ? ` (and ${missed.length - 1} more)` : '';
  const text =
    version.gateVerdict === 'pass'
      ? [held, ...against].join('. ')
      : `${name} is refused: ${missed[0] ?? version.gateVerdict}${others}`;
  acts.tell(
    `gate/${name}`,
    'gate',
    text,
    {
      version: version.version,
      verdict: version.gateVerdict,
      testRows: rows.test,
      ...worldFigures(candidate.testMetrics, (value) => value ?? null),
      championLogLoss: report.champion?.testMetrics.logLoss ?? null,
    },
    version.runId,
    version.createdAt.getTime(),
  );
}

/** A step is told when it is over, by its last look. */
function steps(play: Play, facts: LoopFacts): readonly Scene[] {
  return facts.rollouts
    .filter(({ baseVersion }) => baseVersion !== null)
    .flatMap((rollout) =>
      stepsOf(play.spec.rollout).flatMap((step, index) => stepScene(play, facts, rollout, step.name, index)),
    );
}

function stepScene(
  { acts, spec }: Play,
  facts: LoopFacts,
  rollout: RolloutRow,
  step: string,
  index: number,
): readonly Scene[] {
  const looks = facts.looks.filter(({ kind, subject }) => {
    const look = kind === 'look' ? parseOccasion(subject) : null;
    return (
      look?.of === 'look' && look.version === rollout.version && look.attempt === rollout.attempt && look.step === index
    );
  });
  const last = looks.at(-1);
  const isOver = (rollout.step ?? 0) > index || (rollout.step === index && rollout.endedAt !== null);
  if (last === undefined || !isOver) return [];
  const body = last.body as {
    readonly eValue: number;
    readonly boundary: number;
    readonly championFailures: number;
    readonly challengerFailures: number;
    readonly throughSeq: number;
    readonly exposure: { readonly challengerRows: number };
  };
  const figures: Figures = {
    version: rollout.version,
    step,
    throughRow: body.throughSeq,
    challengerRows: body.exposure.challengerRows,
    championFailures: body.championFailures,
    challengerFailures: body.challengerFailures,
    eValue: Number(body.eValue.toPrecision(4)),
    verdict: last.verdict,
  };
  const evidence =
    index === 0
      ? `scored ${grouped(body.throughSeq - rollout.startedSeq)} rows beside the champion and answered nobody`
      : `${grouped(body.exposure.challengerRows)} rows answered, first failures ${body.challengerFailures} against ` +
        `${body.championFailures}, e-value ${figure(body.eValue)} (stops at ${figure(body.boundary)})`;
  return [
    {
      atMs: last.createdAt.getTime(),
      tell: () =>
        acts.tell(
          `step/${rollout.version}/${index}`,
          index === 0 ? 'shadow' : 'canary',
          `v${rollout.version} ${step}: ${evidence}`,
          figures,
          workflowIds.rollout(spec.name, rollout.version, rollout.attempt),
          last.createdAt.getTime(),
        ),
    },
  ];
}

function champions(play: Play, facts: LoopFacts): readonly Scene[] {
  const { acts, spec } = play;
  const moved = facts.moves.map(({ moveId, fromVersion, toVersion, why, movedAt }) => ({
    atMs: movedAt.getTime(),
    tell: () =>
      acts.tell(
        `move/${moveId}`,
        'champion',
        `v${toVersion ?? 0} is champion${fromVersion === null ? '' : ` instead of v${fromVersion}`}: ${why}`,
        { version: toVersion, from: fromVersion },
        workflowIds.rollout(spec.name, toVersion ?? 0, 1),
        movedAt.getTime(),
      ),
  }));
  const ended = facts.rollouts
    .filter(({ status, endedAt }) => status === 'rolled-back' && endedAt !== null)
    .map((rollout) => ({ atMs: (rollout.endedAt?.getTime() ?? 0) + 0.5, tell: () => tellEnd(play, facts, rollout) }));
  return [...moved, ...ended];
}

function guards({ acts }: Play, facts: LoopFacts): readonly Scene[] {
  return facts.runs
    .filter(({ kind, status }) => kind === 'guard' && status === 'completed')
    .map(({ runId, detail, output, endedAt }) => ({
      atMs: endedAt?.getTime() ?? 0,
      tell: () => acts.tell(runId, 'guard', detail ?? '', { verdict: verdictOf(output) }, runId, endedAt?.getTime()),
    }));
}

function verdictOf(output: RunRow['output']): string | null {
  const verdict = output?.['verdict'];
  return typeof verdict === 'string' ? verdict : null;
}

export function figure(value: number | undefined): string {
  if (value === undefined) return '-';
  return Math.abs(value) >= 1_000 ? grouped(value) : String(Number(value.toPrecision(3)));
}
