import type { Db } from '../../src/db/base/connect.ts';
import type { VersionRow } from '../../src/db/models/versions.ts';
import { closeAlerts, forgetClosedByHand, openAlert } from '../../src/db/watching/alerts.ts';
import { lastingAlertKinds } from '../../src/domain/record/closed-sets.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { kindsOf } from '../../src/domain/watch/causes/drift-kinds.ts';
import type { judgeDrift } from '../../src/domain/watch/judge-drift.ts';
import type { JudgedDecay } from './judge-decay-of.ts';

/** Alerts for what a window showed, and the end of those that it has refuted. */
export async function ringForWindow(
  db: Db,
  spec: ModelSpec,
  champion: VersionRow,
  number: number,
  drift: ReturnType<typeof judgeDrift> | null,
  decay: JudgedDecay['decay'] | null,
): Promise<void> {
  const { model } = champion;
  const subject = { of: 'version', version: champion.version } as const;
  if (drift?.verdict === 'drift') {
    const title = `${model}: ${drift.drifted.join(', ')} drifted in window ${number}`;
    await openAlert(db, {
      model,
      kind: 'drift',
      subject,
      windowNumber: number,
      severity: 'warning',
      title,
      body: withKinds(drift.text, drift, decay),
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
      body: withKinds(decay.text, drift, decay),
      webhooks: spec.watch.webhooks,
    });
  } else if (decay?.verdict === 'steady') {
    if (drift?.verdict === 'stable') await closeAlerts(db, model, lastingAlertKinds);
    // What rang about the champion before stays open until this one is known to be no worse than promised.
    else await closeAlerts(db, model, ['decay'], { notAbout: subject });
  }
  if (decay !== null) await ringForBest(db, spec, model, number, decay);
}

/** Apart from decay: a successor that is a little better than the last champion does not end it. */
async function ringForBest(
  db: Db,
  { watch }: ModelSpec,
  model: string,
  number: number,
  { verdict, best }: JudgedDecay['decay'],
): Promise<void> {
  // Its own reference is the best there is: it is near that unless it has decayed, which rings by itself.
  const isNear = best === null ? verdict === 'steady' : best.verdict === 'near';
  if (isNear) {
    await closeAlerts(db, model, ['below-best']);
    await forgetClosedByHand(db, model, 'below-best');
  } else if (best?.verdict === 'far-below') {
    await openAlert(db, {
      model,
      kind: 'below-best',
      subject: { of: 'version', version: best.version },
      windowNumber: number,
      severity: 'warning',
      title: `${model}: far below the best that it ever was`,
      body: `${best.text} If it cannot be that good any more, \`perennial best reset ${model}\` says so.`,
      webhooks: watch.webhooks,
    });
  }
}

/** What a person is told first: which tests fired, in one sentence. */
function withKinds(text: string, ...judged: Parameters<typeof kindsOf>): string {
  const kinds = kindsOf(...judged);
  return kinds === null ? text : `${kinds.text} ${text}`;
}
