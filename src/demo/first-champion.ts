import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApplyAnswer } from '../contracts/http/answers.ts';
import type { SettledView } from '../contracts/http/views.ts';
import { findEvidence } from '../db/runs/evidence.ts';
import { findRun } from '../db/runs/runs.ts';
import { latestVersion, type VersionRow } from '../db/models/versions.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { workflowIds } from '../domain/words/ids.ts';
import type { ModelSpec } from '../domain/spec/spec.ts';
import { requestJson } from '../replay/http.ts';
import type { Stage } from './stage.ts';

const championTimeoutMs = 600_000;

/** Applies a definition; the worker may still be starting, so a command nobody took is sent again. */
export async function applySpec(stage: Stage, spec: ModelSpec): Promise<ApplyAnswer> {
  return requestJson<ApplyAnswer>(stage.control, 'POST', '/v1/apply', {
    spec,
    reason: `demo ${randomUUID().slice(0, 8)}`,
  });
}

/** Waits for the first champion; a refused or failed first training is told with its reason. */
export async function firstChampion(stage: Stage, model: string): Promise<VersionRow> {
  const deadlineMs = Date.now() + championTimeoutMs;
  const { db } = stage.stack.database;
  while (Date.now() < deadlineMs) {
    const view = await requestJson<SettledView>(
      stage.control,
      'GET',
      `/v1/models/${encodeURIComponent(model)}/settled`,
    );
    if (view.championVersion !== null && view.isSettled) {
      const version = await latestVersion(db, model);
      if (version !== null) return version;
    }
    const run = await findRun(db, workflowIds.train(model, 1));
    if (run?.status === 'failed')
      throw new PerennialError(
        'training_failed',
        `The first training failed: ${run.detail ?? 'no reason was stored'}`,
        { hint: 'Correct the definition or the data and run it again.' },
      );
    const version = await latestVersion(db, model);
    if (version !== null && version.gateVerdict !== 'pass') {
      const gate = await findEvidence(db, model, 'gate', { of: 'run', runId: version.runId });
      throw new PerennialError('invalid_data', `The first model was refused. ${String(gate?.body['text'] ?? '')}`, {
        hint: 'The table may hold no signal for this target: look at the features, or choose another target.',
      });
    }
    stage.progress(run === null ? 'the contract is being checked' : 'the first model is being trained');
    await delay(100);
  }
  throw new PerennialError('timeout', `${model} has no champion after ${championTimeoutMs / 60_000} minutes.`);
}
