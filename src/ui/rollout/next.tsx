import type { RolloutShown } from '../../commands/pages/rollout.ts';
import { number, time } from '../words/format.ts';
import { listed } from './explain.ts';

/** What moves it on, by when, and who has a say. */
export function Next({ shown }: { readonly shown: RolloutShown }) {
  const { page, frozen, deciders } = shown;
  const { row, plan, key } = page;
  const heldUntil =
    row.status === 'held' && row.heldSince !== null ? new Date(row.heldSince.getTime() + plan.holdMsMax) : null;
  return (
    <section class="panel" id="next" data-live="next">
      <h2>What happens next</h2>
      <p>
        {row.status === 'held'
          ? 'It waits for a person to approve or abort.'
          : `It waits for ${page.waitsFor ?? 'its next step'}.`}{' '}
        {heldUntil === null ? null : plan.approval?.atDeadline === 'stay' ? (
          <>Without an answer by {time(heldUntil)} an alert asks again, and it stays held.</>
        ) : (
          <>Without an answer by {time(heldUntil)} it is rolled back and the slot is free.</>
        )}
      </p>
      {page.approval === null ? null : <p>It is {page.approval}.</p>}
      {frozen === null ? null : (
        <p>
          <b>Frozen</b> by {frozen.actor}: “{frozen.reason}”. It does not advance until somebody thaws it; harm still
          takes it out.
        </p>
      )}
      <p>{boundOf(plan.automaticPercentMax)}</p>
      <p>
        Approve or abort: whoever has a token of the role {listed(deciders, 'or')} whose scope covers{' '}
        <code>{key.model}</code>. {yoursOf(shown)}
        {plan.approval?.by === undefined ? null : (
          <> Only {listed(plan.approval.by, 'or')}, or to whom they have handed it, may approve.</>
        )}{' '}
        If the challenger does harm it is taken out without anybody, within seconds.
      </p>
      {page.preflight === null ? null : <p class="small dim">Forecast at its start: {page.preflight.text}</p>}
    </section>
  );
}

function boundOf(automaticPercentMax: number): string {
  if (automaticPercentMax >= 100) return 'By its plan it may become champion without a person.';
  const reached = `no more than ${number(automaticPercentMax)} % of traffic is reached without a person`;
  return `By its plan ${reached}: the last move needs an approval.`;
}

function yoursOf({ canDecide, approvers }: RolloutShown): string {
  if (!canDecide) return 'Yours is for reading; ask one of them.';
  return approvers.refusal === null ? 'You may.' : 'You may abort.';
}
