import { randomUUID } from 'node:crypto';
import { ReasonForm } from '../form/reason-form.tsx';
import { refusalFor } from '../form/refusal.ts';
import { modelPath } from '../words/format.ts';
import { offersOf } from './offers.tsx';
import type { SectionProps } from './section.ts';

/** What a person may do about this model. What is not possible now stays in its place and says why. */
export function Actions({ call, name, view }: SectionProps) {
  return (
    <section class="panel" id="actions" aria-labelledby="actions-title">
      <h2 id="actions-title">Step in</h2>
      <p class="small dim">
        Every action asks for a reason, is written into the{' '}
        <a href={`/audit?model=${encodeURIComponent(name)}`}>audit</a> under your name ({call.principal.name}), and is
        delivered to the model's workflow.
      </p>
      <div class="actions">
        {offersOf(name, view, call.principal.name).map(
          ({ verb, permission = 'operate', notNow, fields, hidden, ...words }) => (
            <ReasonForm
              {...words}
              call={call}
              to={`${modelPath(name)}/${verb}`}
              refusedBecause={refusalFor(call.principal, permission, name) ?? notNow}
              // One key per form: a double click, or the form sent again, is one command.
              hidden={{ key: randomUUID(), ...hidden }}
            >
              {fields}
            </ReasonForm>
          ),
        )}
      </div>
    </section>
  );
}
