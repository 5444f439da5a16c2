import { expect, test } from 'vitest';
import { pairedWorld } from '../../../../tests/worlds/paired-world.ts';
import type { StepCallVerdict } from '../../record/user-steps/messages.ts';
import type { StepFailureAction } from '../../spec/closed-sets.ts';
import { sideOf } from '../compare-paired.ts';
import { judgeGate } from '../judge-gate.ts';

const candidate = sideOf(pairedWorld(60, 1, 1), 'challenger');

const judge = (verdict: StepCallVerdict, onFailure: StepFailureAction, text = 'as it found') =>
  judgeGate({
    gates: [],
    candidate,
    baselines: {},
    champion: null,
    steps: [
      { name: 'licence', verdict: 'pass', onFailure: 'stop', text: '' },
      { name: 'audit', verdict, onFailure, text },
    ],
    promotion: { metric: 'logLoss' },
  });

test('a step that passes is a row of the gate, and decides nothing else', () => {
  expect(judge('pass', 'stop')).toMatchObject({
    verdict: 'pass',
    text: 'The gate passes: 2 checks on 60 test rows.',
    checks: [{ text: 'The step licence passes it.' }, { text: 'The step audit passes it: as it found.' }],
  });
});

test.each<StepFailureAction>(['stop', 'ask', 'continue'])('a step that says no refuses, also with %s', (onFailure) => {
  const judged = judge('fail', onFailure, 'too slow for the till.');
  expect(judged.verdict).toBe('fail');
  expect(judged.text).toBe('The gate refuses: The step audit refuses it: too slow for the till.');
});

test('a step without a verdict does what its definition says', () => {
  expect(judge('none', 'stop')).toMatchObject({ verdict: 'insufficient', isAsked: false });
  const asked = judge('none', 'ask');
  expect(asked).toMatchObject({ verdict: 'insufficient', isAsked: true });
  expect(asked.text).toContain('The step audit gave no verdict: as it found. A person decides.');
  const goesOn = judge('none', 'continue');
  expect(goesOn.verdict).toBe('pass');
  expect(goesOn.text).toBe('The gate passes: 1 check on 60 test rows.');
  expect(goesOn.checks[1]).toMatchObject({ verdict: 'insufficient', gate: { gate: 'userStep', step: 'audit' } });
});
