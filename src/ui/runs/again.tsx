import { randomUUID } from 'node:crypto';
import type { RunShown } from '../../commands/pages/runs.ts';
import { ReasonForm } from '../form/reason-form.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { stepsShownMax } from './steps.tsx';

/** Only what failed or hangs can be begun again: what is done would be found done. */
export function Again({ call, shown }: { readonly call: PageCall; readonly shown: RunShown }) {
  const { run } = shown.page;
  return (
    <section class="panel" id="again">
      <h2>Run it again</h2>
      <div class="actions">
        <ReasonForm
          call={call}
          label="Re-run from a step"
          about="Temporal resets the run to before the chosen step and goes on from there. What came earlier is kept."
          to={`/runs/reset?id=${encodeURIComponent(run.runId)}`}
          confirm={`Run ${run.runId} again from the chosen step?`}
          refusedBecause={refusalOf(call, shown)}
          hidden={{ key: randomUUID() }}
        >
          <label>
            From before
            <select name="before" required>
              {(shown.steps ?? []).slice(-stepsShownMax).map((step) => (
                <option value={String(step.eventId)}>
                  {step.name} (event {step.eventId})
                </option>
              ))}
            </select>
          </label>
        </ReasonForm>
      </div>
    </section>
  );
}

function refusalOf(call: PageCall, { canOperate, steps, page }: RunShown): string | null {
  if (!canOperate) return `This needs the role operator or admin; you have ${call.principal.role}.`;
  if (steps === null) return 'Temporal does not answer; its history is needed to start again from.';
  if (steps.length === 0) return 'It has no step to begin before.';
  if (page.run.status === 'completed') return alreadyDone;
  return page.run.status === 'lost' ? 'Temporal does not know it any more.' : null;
}

const alreadyDone =
  'It has ended well: everything it does is keyed by what it is about, so what is done would only be found done. ' +
  'Retrain from the page of the model instead.';
