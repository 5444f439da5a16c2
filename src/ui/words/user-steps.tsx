import type { StoredStepCall } from '../../db/runs/step-calls.ts';
import { pointWords } from '../../domain/record/user-steps/say-step.ts';
import { duration, number, time } from './format.ts';
import { State } from './state.tsx';

const verdicts = {
  pass: { state: 'pass', text: 'passed' },
  fail: { state: 'fail', text: 'said no' },
  none: { state: 'failed', text: 'failed' },
} as const;

/** What the steps of the model's owner said; nothing where none was asked. */
export function UserSteps({ calls }: { readonly calls: readonly StoredStepCall[] }) {
  if (calls.length === 0) return null;
  return (
    <section class="panel" id="user-steps" data-live="user-steps">
      <h2>Steps of its owner</h2>
      <ul>
        {calls.map((call) => (
          <li>
            <State of={verdicts[call.verdict].state} text={verdicts[call.verdict].text} /> <code>{call.name}</code>{' '}
            {pointWords[call.point]}
            {call.text === '' ? null : <>: {call.text}</>}
            <small class="dim">
              {' '}
              {time(call.askedAt)}, took {duration(call.tookMs)}
              {attemptsOf(call)}, on <code>{call.queue}</code>
              {figuresOf(call)}. <a href={`/audit/evidence?id=${call.evidenceId}`}>Evidence {call.evidenceId}</a>
            </small>
          </li>
        ))}
      </ul>
    </section>
  );
}

function attemptsOf({ attempts }: StoredStepCall): string {
  if (attempts === null) return '';
  return attempts === 0 ? ', no worker took it' : `, attempt ${attempts}`;
}

function figuresOf({ metrics }: StoredStepCall): string {
  const figures = Object.entries(metrics).map(([name, value]) => `${name} ${number(value)}`);
  return figures.length === 0 ? '' : `: ${figures.join(', ')}`;
}
