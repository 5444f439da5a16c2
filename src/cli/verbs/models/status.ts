import { modelList, storageAnswer } from '../../../contracts/http/answers.ts';
import { statusView, type StatusView } from '../../../contracts/http/views.ts';
import { columns, shortInstant } from '../../../domain/words/columns.ts';
import { describeRetention } from '../../../domain/spec/default-retention.ts';
import type { Kept, RetentionSpec } from '../../../domain/spec/spec.ts';
import { sayBytes } from '../../../domain/words/say.ts';
import { sayCauses } from '../../../domain/watch/causes/rank-causes.ts';
import { sayStanding } from '../../../domain/view/say-view.ts';
import { saySlice } from '../../../domain/watch/slices/say-slice.ts';
import { request } from '../../../stack/request.ts';
import { findStack } from '../../../stack/find-stack.ts';
import type { Verb } from '../../line/verb.ts';

export const statusVerb: Verb = {
  name: 'status',
  about: 'Show one model as it stands now, or all of them.',
  words: ['[model]'],
  flags: [],
  examples: ['perennial status', 'perennial status fraud --json'],
  async run({ words: [model], config, out }) {
    const stack = await findStack(config);
    const ask = { method: 'GET', token: stack.token } as const;
    if (model === undefined) {
      const { models } = await request(modelList, { ...ask, url: `${stack.controlUrl}/v1/models?limit=200` });
      for (const line of tableOf(models)) out.line(line);
      const { disks, scrub } = await request(storageAnswer, { ...ask, url: `${stack.controlUrl}/v1/storage` });
      for (const { disk, text } of disks) out.line(`${disk}: ${text}`);
      if (scrub !== null) out.line(`files: ${scrub.text}`);
      out.json(models);
      return;
    }
    const view = await request(statusView, {
      ...ask,
      url: `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}`,
    });
    for (const line of linesOf(view)) out.line(line);
    out.json(view);
  },
};

function tableOf(models: readonly StatusView[]): string[] {
  if (models.length === 0) return ['No model has been applied yet: `perennial apply models/<file>.ts`.'];
  const rows = models.map((view) => [
    view.model,
    view.champion === null ? 'none' : `v${view.champion.version}`,
    view.challenger === null ? view.stage : `${view.stage} v${view.challenger.version}`,
    String(view.predictions),
    String(view.openAlerts.length),
    view.frozen !== null ? 'frozen' : view.paused === null ? '' : 'paused',
  ]);
  return columns([['MODEL', 'CHAMPION', 'STAGE', 'PREDICTIONS', 'ALERTS', ''], ...rows]);
}

function linesOf(view: StatusView): string[] {
  const { champion, rollout, lastDecision } = view;
  const rows: [string, string][] = [
    ['model', `${view.model} (${view.owner}; definition revision ${view.specRevision})`],
    [
      'champion',
      champion === null
        ? 'none yet'
        : `v${champion.version} since ${shortInstant(champion.since)} (${champion.actor}: ${champion.why})`,
    ],
  ];
  if (rollout !== null) {
    rows.push(['rollout', `v${rollout.version}, ${rollout.status}, step ${rollout.step ?? '-'} of ${rollout.steps}`]);
    if (rollout.waitsFor !== null) rows.push(['waits for', rollout.waitsFor]);
  }
  rows.push(
    ['traffic', `${view.predictions} predictions, ${view.labels} labels`],
    ...(view.labelArrival === null ? [] : [['labels', view.labelArrival.text] satisfies [string, string]]),
    [
      'windows',
      `${view.lastClosedWindow} closed, ${view.lastJudgedWindow} judged; ` +
        `window ${view.openWindow.number} has ${view.openWindow.rows} rows`,
    ],
  );
  if (view.success !== null) rows.push(['success', `window ${view.success.window}: ${view.success.text}`]);
  if (view.drift !== null) {
    const { window, text, causes } = view.drift;
    rows.push(['drift', `window ${window}: ${[text, sayCauses(causes)].filter((part) => part !== '').join(' ')}`]);
  }
  if (view.together !== null) rows.push(['together', `window ${view.together.window}: ${view.together.text}`]);
  if (view.best !== null) rows.push(['best', `window ${view.best.window}: ${view.best.text}`]);
  if (view.bestWorld !== null) rows.push(['best world', `window ${view.bestWorld.window}: ${view.bestWorld.text}`]);
  if (view.labelDrift !== null) rows.push(['label drift', `window ${view.labelDrift.window}: ${view.labelDrift.text}`]);
  if (view.decay !== null) rows.push(['decay', `window ${view.decay.window}: ${view.decay.text}`]);
  if (view.slices !== null) {
    rows.push(['slices', `window ${view.slices.window}: ${view.slices.text}`]);
    // All of them are on the page, and with --json.
    for (const slice of view.slices.slices)
      if (slice.decay?.verdict === 'decayed') rows.push(['slice', saySlice(slice)]);
  }
  if (view.estimate !== null) rows.push(['estimate', `window ${view.estimate.window}: ${view.estimate.text}`]);
  for (const proxy of view.proxies) rows.push(['proxy', `window ${proxy.window}: ${proxy.text}`]);
  for (const standing of view.views) rows.push(['view', `${standing.view}: ${sayStanding(standing)}`]);
  if (lastDecision !== null)
    rows.push([
      'decision',
      `${lastDecision.retrain ? 'retrain' : 'no retraining'} (${lastDecision.key}): ${lastDecision.reason}`,
    ]);
  if (view.frozen !== null)
    rows.push([
      view.frozen.kind === 'kill' ? 'killed' : 'frozen',
      `by ${view.frozen.by} since ${shortInstant(view.frozen.since)}` +
        `${view.frozen.model === '*' ? ' (every model)' : ''}: ${view.frozen.reason}`,
    ]);
  if (view.storage !== null) rows.push(['storage', sayStorage(view.storage)]);
  rows.push(['retention', describeRetention(retentionOf(view))]);
  if (view.held !== null)
    rows.push(['held', `by ${view.held.by} since ${shortInstant(view.held.since)}: ${view.held.reason}`]);
  if (view.description !== null) rows.push(['about', view.description]);
  if (view.tags.length > 0) rows.push(['tags', view.tags.join(', ')]);
  if (view.paused !== null) rows.push(['paused', `by ${view.paused.by}: ${view.paused.reason}`]);
  for (const run of view.running)
    rows.push([
      'running',
      `${run.runId} since ${shortInstant(run.startedAt)}${run.detail === null ? '' : ` (${run.detail})`}`,
    ]);
  for (const alert of view.openAlerts) rows.push(['alert', `${alert.severity}: ${alert.title}`]);
  if (view.link !== null) rows.push(['temporal', view.link]);
  return columns(rows);
}

function sayStorage(stored: NonNullable<StatusView['storage']>): string {
  const { predictionBytes, labelBytes, evidenceBytes, artifactBytes, bytesPerPrediction } = stored;
  const each = bytesPerPrediction === null ? '' : ` (${sayBytes(bytesPerPrediction)} each)`;
  return (
    `predictions ${sayBytes(predictionBytes)}${each}, labels ${sayBytes(labelBytes)}, ` +
    `evidence ${sayBytes(evidenceBytes)}, artifacts ${sayBytes(artifactBytes)}`
  );
}

function retentionOf({ keptMs }: StatusView): RetentionSpec {
  const kept = (ms: number | null): Kept => (ms === null ? null : { ms });
  return {
    predictions: kept(keptMs.predictions),
    labels: kept(keptMs.labels),
    evidence: kept(keptMs.evidence),
    artifacts: kept(keptMs.artifacts),
  };
}
