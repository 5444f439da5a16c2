import { patched } from '@temporalio/workflow';
import type { StepOutcome } from '../../../src/domain/record/runs.ts';
import { light } from '../../base/proxies.ts';
import type { RolloutState } from '../state.ts';
import { tell } from '../tell.ts';
import { hold } from './hold.ts';
import { stay } from './stay.ts';
import { walk } from './walk.ts';

/** Every step in its order, then paired evidence: until the rollout has an outcome. */
export async function runSteps(state: RolloutState): Promise<StepOutcome> {
  const { input } = state;
  if (input.held !== undefined) return hold(state, input.held.reason, input.held.evidenceId);
  if (input.baseVersion === null) return crownFirst(state);
  const fromStep = input.fromStep ?? 0;
  if (fromStep === 0) {
    const told = await light('how long until which harm is seen').preflight({ key: input.key });
    const { text, refusal } = typeof told === 'string' ? { text: told, refusal: null } : told;
    tell(state, 'planned', text);
    // Who approves must know that no step is walked any more.
    const notBegun = `Not begun: ${refusal} An approval makes it champion at once, without these steps.`;
    if (refusal !== null && patched('preflight-refuses')) return hold(state, notBegun, null);
  }
  for (let step = fromStep; step < input.steps.length; step++) {
    const outcome = await walk(state, step);
    if (outcome.outcome !== 'step-done') return outcome;
  }
  if (input.needsPerson) return hold(state, 'the automatic bound is below 100 %: promotion needs a person', null);
  const verdict = await stay(state, input.steps.length, 'paired evidence');
  return verdict.outcome === 'hold' ? hold(state, verdict.reason, verdict.evidenceId) : verdict;
}

/** Promotes a first champion without a step: there is nobody to compare it with. */
async function crownFirst(state: RolloutState): Promise<StepOutcome> {
  if (state.input.needsPerson)
    return hold(state, 'the first champion needs a person: the automatic bound is below 100 %', null);
  return {
    outcome: 'promote',
    reason: 'first champion: the gate passed and nobody answered before',
    evidenceId: null,
  };
}
