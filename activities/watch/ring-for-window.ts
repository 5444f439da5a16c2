import type { Db } from '../../src/db/base/connect.ts';
import type { VersionRow } from '../../src/db/models/versions.ts';
import { closeAlerts, openAlert } from '../../src/db/watching/alerts.ts';
import { lastingAlertKinds } from '../../src/domain/record/closed-sets.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { judgeDecay } from '../../src/domain/watch/judge-decay.ts';
import type { judgeDrift } from '../../src/domain/watch/judge-drift.ts';

/** Alerts for what a window showed, and the end of those that it has refuted. */
export async function ringForWindow(
  db: Db,
  spec: ModelSpec,
  champion: VersionRow,
  number: number,
  drift: ReturnType<typeof judgeDrift> | null,
  decay: ReturnType<typeof judgeDecay> | null,
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
      body: drift.text,
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
      body: decay.text,
      webhooks: spec.watch.webhooks,
    });
  } else if (decay?.verdict === 'steady' && drift?.verdict === 'stable') {
    await closeAlerts(db, model, lastingAlertKinds);
  }
}
