import { randomUUID } from 'node:crypto';
import type { RolloutShown } from '../../commands/pages/rollout.ts';
import { askedStep } from '../../domain/rollout/rollout-plan.ts';
import { ReasonForm } from '../form/reason-form.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { rolloutPath } from '../words/format.ts';
import { listed } from './explain.ts';

export interface DecideProps {
  readonly call: PageCall;
  readonly shown: RolloutShown;
}

/** What a person may say now: one that is open is approved or aborted, one that has ended well is taken back. */
export function Decide(props: DecideProps) {
  const isPromoted = props.shown.page.row.status === 'promoted';
  return (
    <section class="panel" id="decide">
      <h2>{isPromoted ? 'Take it back' : 'Decide'}</h2>
      <div class="actions">{isPromoted ? <TakeBack {...props} /> : <ApproveOrAbort {...props} />}</div>
    </section>
  );
}

function TakeBack({ call, shown }: DecideProps) {
  const { key, row } = shown.page;
  const before = row.baseVersion === null ? 'the champion before it' : `v${row.baseVersion}`;
  const noneBefore = row.baseVersion === null ? 'There was no champion before this one.' : null;
  return (
    <ReasonForm
      call={call}
      label={row.baseVersion === null ? 'Roll back' : `Roll back to v${row.baseVersion}`}
      about={takenBack}
      to={pathOf(shown, 'rollback')}
      confirm={`Take v${key.version} of ${key.model} out and let ${before} answer everything?`}
      refusedBecause={refusalOf(call, shown) ?? noneBefore}
      hidden={{ key: randomUUID() }}
    />
  );
}

const takenBack =
  'The champion moves back at once; nothing is retrained. Only possible while the earlier version was released.';

function ApproveOrAbort({ call, shown }: DecideProps) {
  const { key, row } = shown.page;
  const champion = row.baseVersion === null ? 'nobody' : `v${row.baseVersion}`;
  const refusedBecause = refusalOf(call, shown);
  return (
    <>
      <ReasonForm
        call={call}
        label="Approve"
        about={aboutApproval(shown)}
        to={pathOf(shown, 'approve')}
        refusedBecause={refusedBecause ?? shown.approvers.refusal}
        hidden={{ key: randomUUID() }}
      />
      <ReasonForm
        call={call}
        label="Abort"
        about={`v${key.version} is taken out within seconds; ${champion} answers everything again.`}
        to={pathOf(shown, 'abort')}
        confirm={`Take v${key.version} of ${key.model} out?`}
        refusedBecause={refusedBecause}
        hidden={{ key: randomUUID() }}
      />
    </>
  );
}

function aboutApproval({ page: { key, row, plan, steps, approval } }: RolloutShown): string {
  const step = askedStep(row, plan);
  const what = step === null ? `v${key.version} becomes champion` : `${steps[step]?.name ?? 'the step'} begins`;
  if (approval !== null) return `It is ${approval}. ${what} with the last one that is needed.`;
  return step === null ? `${what} now, whatever step it is at.` : `${what} now.`;
}

function pathOf({ page: { key } }: RolloutShown, verb: string): string {
  return `${rolloutPath(key.model, key.version, key.attempt)}/${verb}`;
}

function refusalOf(call: PageCall, { canDecide, deciders }: RolloutShown): string | null {
  return canDecide ? null : `This needs the role ${listed(deciders, 'or')}; you have ${call.principal.role}.`;
}
