import type { GateCheck, GateInput, StepGate } from '../gate-check.ts';

type Said = NonNullable<GateInput['steps']>[number];

const verdictOf = { pass: 'pass', fail: 'fail', none: 'insufficient' } as const;

/**
 * The row of a user step. Its word is final: nothing is measured here, so there is neither value nor bound. A step that
 * gave no verdict proves nothing either way.
 */
export function ofStep({ name, onFailure, verdict, text }: Said): GateCheck {
  const gate: StepGate = { gate: 'userStep', step: name, onFailure };
  const did = { pass: 'passes it', fail: 'refuses it', none: 'gave no verdict' }[verdict];
  const said = text === '' ? '' : `: ${text.replace(/[.\s]*$/, '')}`;
  return {
    gate,
    verdict: verdictOf[verdict],
    value: null,
    bound: null,
    limit: 0,
    rows: 0,
    method: 'none',
    text: `The step ${name} ${did}${said}.${whatNow(verdict, onFailure)}`,
  };
}

function whatNow(verdict: Said['verdict'], onFailure: Said['onFailure']): string {
  if (verdict !== 'none') return '';
  if (onFailure === 'continue') return ' Its definition goes on without it.';
  return onFailure === 'ask' ? ' A person decides.' : ' Without it nothing is released.';
}
