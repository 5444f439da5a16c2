import type { Db } from '../../src/db/base/connect.ts';
import type { VersionRow } from '../../src/db/models/versions.ts';
import { closeAlerts, forgetClosedByHand, openAlert } from '../../src/db/watching/alerts.ts';
import { lastingAlertKinds } from '../../src/domain/record/closed-sets.ts';
import type { Occasion } from '../../src/domain/record/occasion.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { kindsOf } from '../../src/domain/watch/causes/drift-kinds.ts';
import type { BestWorld } from '../../src/domain/watch/best/best-world.ts';
import type { LabelDrift } from '../../src/domain/watch/labels/judge-labels.ts';
import type { SlicesJudgement } from '../../src/domain/watch/slices/judge-slices.ts';
import type { EstimatedWindow } from './unlabelled/judge-estimates-of.ts';
import type { ProxyJudgement } from '../../src/domain/watch/judge-proxy.ts';
import type { judgeDrift } from '../../src/domain/watch/judge-drift.ts';
import type { JudgedDecay } from './judge-decay-of.ts';
import type { ExplainedDecay } from './slices/decay-causes-of.ts';

export interface WindowShown {
  readonly drift: ReturnType<typeof judgeDrift> | null;
  readonly decay: ExplainedDecay | null;
  readonly labels: LabelDrift | null;
  readonly bestWorld: BestWorld | null;
  readonly slices: SlicesJudgement | null;
  readonly estimate: EstimatedWindow | null;
  readonly proxies: readonly ProxyJudgement[] | null;
}

interface Ringing {
  readonly db: Db;
  readonly spec: ModelSpec;
  readonly model: string;
  readonly number: number;
  readonly subject: Occasion;
}

/** Alerts for what a window showed, and the end of those that it has refuted. */
export async function ringForWindow(
  db: Db,
  spec: ModelSpec,
  champion: VersionRow,
  number: number,
  { drift, decay, labels, bestWorld, slices, estimate, proxies }: WindowShown,
): Promise<void> {
  const { model } = champion;
  const subject = { of: 'version', version: champion.version } as const;
  if (drift?.verdict === 'drift') {
    const what = drift.drifted.length === 0 ? 'features together' : drift.drifted.join(', ');
    const title = `${model}: ${what} drifted in window ${number}`;
    await openAlert(db, {
      model,
      kind: 'drift',
      subject,
      windowNumber: number,
      severity: 'warning',
      title,
      body: withKinds(drift.text, drift, decay, labels),
      webhooks: spec.watch.webhooks,
    });
  }
  if (decay?.verdict === 'decayed') {
    await openAlert(db, {
      model,
      kind: 'decay',
      subject,
      windowNumber: number,
      severity: 'critical',
      title: `${model}: quality has decayed`,
      body: withKinds(
        decay.causes === undefined ? decay.text : `${decay.text} ${decay.causes.text}`,
        drift,
        decay,
        labels,
      ),
      webhooks: spec.watch.webhooks,
    });
  } else if (decay?.verdict === 'steady') {
    if (drift?.verdict === 'stable') await closeAlerts(db, model, lastingAlertKinds);
    // What rang about the champion before stays open until this one is known to be no worse than promised.
    else await closeAlerts(db, model, ['decay'], { notAbout: subject });
  }
  if (decay !== null) await ringForBest(db, spec, model, number, decay, bestWorld);
  const ringing = { db, spec, model, number, subject };
  await ringForLabels(ringing, labels, [drift, decay, labels]);
  await ringForSlices(ringing, slices, decay);
  await ringForEstimate(ringing, estimate);
  await ringForProxies(ringing, proxies);
}

/** Apart from decay: a successor that is a little better than the last champion does not end it. */
async function ringForBest(
  db: Db,
  { watch }: ModelSpec,
  model: string,
  number: number,
  { verdict, best }: JudgedDecay['decay'],
  world: BestWorld | null,
): Promise<void> {
  // Its own reference is the best there is: it is near that unless it has decayed, which rings by itself.
  const isNear = best === null ? verdict === 'steady' : best.verdict === 'near';
  if (isNear) {
    await closeAlerts(db, model, ['below-best']);
    await forgetClosedByHand(db, model, 'below-best');
  } else if (best?.verdict === 'far-below') {
    const said = world === null ? best.text : `${best.text} ${world.text}`;
    await openAlert(db, {
      model,
      kind: 'below-best',
      subject: { of: 'version', version: best.version },
      windowNumber: number,
      severity: 'warning',
      title: `${model}: far below the best that it ever was`,
      body: `${said} If it cannot be that good any more, \`perennial best reset ${model}\` says so.`,
      webhooks: watch.webhooks,
    });
  }
}

/** Labels that are distributed otherwise than when trained: it rings, and trains nothing. */
async function ringForLabels(
  { db, spec, model, number, subject }: Ringing,
  labels: LabelDrift | null,
  judged: Parameters<typeof kindsOf>,
): Promise<void> {
  if (labels?.verdict === 'drift')
    await openAlert(db, {
      model,
      kind: 'label-drift',
      subject,
      windowNumber: number,
      severity: 'warning',
      title: `${model}: labels drifted by window ${number}`,
      body: withKinds(labels.text, ...judged),
      webhooks: spec.watch.webhooks,
    });
  else if (labels === null || labels.verdict === 'stable') await closeAlerts(db, model, ['label-drift']);
}

/** A slice that has decayed while the whole has not: where the whole has, that rings, and this is in its evidence. */
async function ringForSlices(
  { db, spec, model, number, subject }: Ringing,
  slices: SlicesJudgement | null,
  decay: WindowShown['decay'],
): Promise<void> {
  if (slices?.verdict === 'decayed' && decay?.verdict !== 'decayed') {
    const names = slices.slices.filter((slice) => slice.decay?.verdict === 'decayed').map(({ name }) => name);
    await openAlert(db, {
      model,
      kind: 'slice-decay',
      subject,
      windowNumber: number,
      severity: 'warning',
      title: `${model}: quality has decayed in ${names.join(', ')}`,
      body: slices.text,
      webhooks: spec.watch.webhooks,
    });
  } else if (slices === null || slices.verdict === 'steady') {
    await closeAlerts(db, model, ['slice-decay']);
  }
}

/** What is expected before labels come. */
async function ringForEstimate(
  { db, spec, model, number, subject }: Ringing,
  estimate: EstimatedWindow | null,
): Promise<void> {
  if (estimate?.alarm?.verdict === 'decayed') {
    await openAlert(db, {
      model,
      kind: 'estimated-decay',
      subject,
      windowNumber: number,
      severity: 'warning',
      title: `${model}: labels will show that quality has decayed`,
      body: estimate.alarm.text,
      webhooks: spec.watch.webhooks,
    });
  } else {
    // What an estimate said is over when it says so no longer, or is not to be trusted any more.
    await closeAlerts(db, model, ['estimated-decay']);
  }
}

/** What stands in for labels. */
async function ringForProxies(
  { db, spec, model, number, subject }: Ringing,
  proxies: readonly ProxyJudgement[] | null,
): Promise<void> {
  const worse = (proxies ?? []).filter(({ verdict }) => verdict === 'worse');
  if (worse.length === 0) return closeAlerts(db, model, ['proxy-worse']);
  // One that has not agreed with labels may be about anything.
  const hasAgreed = worse.some(({ agreement }) => agreement.verdict === 'agrees');
  await openAlert(db, {
    model,
    kind: 'proxy-worse',
    subject,
    windowNumber: number,
    severity: hasAgreed ? 'warning' : 'info',
    title: `${model}: ${worse.map(({ name }) => name).join(', ')} got worse in window ${number}`,
    body: worse.map(({ text }) => text).join(' '),
    webhooks: spec.watch.webhooks,
  });
}

/** What a person is told first: which tests fired, in one sentence. */
function withKinds(text: string, ...judged: Parameters<typeof kindsOf>): string {
  const kinds = kindsOf(...judged);
  return kinds === null ? text : `${kinds.text} ${text}`;
}
