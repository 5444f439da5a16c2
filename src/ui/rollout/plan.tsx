import type { RolloutShown } from '../../commands/pages/rollout.ts';
import { describeExtent } from '../../domain/words/extent.ts';
import { number, percent, rows } from '../words/format.ts';
import { Fact } from '../words/state.tsx';
import { listed } from './explain.ts';

/** What was settled when it began. */
export function Plan({ shown }: { readonly shown: RolloutShown }) {
  const { plan, row } = shown.page;
  return (
    <section class="panel" id="plan">
      <h2>Its plan</h2>
      <dl class="facts">
        <Fact name="Looks taken">{number(row.looks)}</Fact>
        <Fact name="A look every">{describeExtent(plan.lookEvery)}</Fact>
        <Fact name="Risk accepted">{number(plan.riskRatioMax)} times the champion's failures</Fact>
        <Fact name="False stops">at most {percent(plan.alpha)}</Fact>
        <Fact name="Failures counted">{listed(plan.failures)}</Fact>
        <Fact name="Breaker">
          proven to fail on more than {percent(plan.breaker.errorShareMax)}, from {rows(plan.breaker.rowsMin)} on
        </Fact>
        <Fact name="Excess failures">
          {plan.excessFailuresMax === undefined
            ? 'no limit beside these'
            : `stopped at ${number(plan.excessFailuresMax)} proven beyond the champion's`}
        </Fact>
        <Fact name="Freeze windows">{windowsOf(plan.freezeWindows)}</Fact>
        <Fact name="Labels awaited">
          {describeExtent(plan.deadline)}, then{' '}
          {plan.atDeadline === 'hold' ? 'a person decides' : 'what is not proven is taken out'}
        </Fact>
        <Fact name="Approval">{approvalOf(plan.approval)}</Fact>
        <Fact name="Spec revision">{row.specRevision}</Fact>
        <Fact name="Workflow">
          <a href={shown.runLink}>open in Temporal</a>
        </Fact>
      </dl>
    </section>
  );
}

function windowsOf(windows: RolloutShown['page']['plan']['freezeWindows'] = []): string {
  if (windows.length === 0) return 'none';
  return windows.map(({ days, from, to, timeZone }) => `${days.join(', ')} ${from}–${to} ${timeZone}`).join('; ');
}

function approvalOf(approval: RolloutShown['page']['plan']['approval']): string {
  if (approval === undefined) return 'one person; unanswered, it is taken out';
  const people = approval.people === 1 ? 'one person' : `${number(approval.people)} people`;
  const eyes = approval.fourEyes ? ', one of them no author of the training or the definition' : '';
  const named = approval.by === undefined ? '' : ` of ${listed(approval.by)}`;
  return `${people}${named}${eyes}; unanswered, it ${approval.atDeadline === 'stay' ? 'stays held' : 'is taken out'}`;
}
