import { randomUUID } from 'node:crypto';
import { refusalFor } from '../form/refusal.ts';
import { modelPath } from '../words/format.ts';
import { ReasonForm } from '../form/reason-form.tsx';
import type { SectionProps } from './page.tsx';

/** What a person may do about this model. What is not possible now stays in its place and says why. */
export function Actions({ call, name, view }: SectionProps) {
  const role = refusalFor(call.principal, 'operate', name);
  const open = view.rollouts.find((rollout) => rollout.status === 'active' || rollout.status === 'held');
  const noRollout = open === undefined ? 'No rollout is under way.' : null;
  const champion = view.entry?.champion?.version ?? null;
  const own = view.freeze?.model === name ? view.freeze : null;
  const to = (verb: string): string => `${modelPath(name)}/${verb}`;
  // One key per form: a double click, or the form sent again, is one command.
  const common = () => ({ call, hidden: { key: randomUUID() } });
  // Which rollout the reader looked at: another one may have taken the slot by the time that the form arrives.
  const aboutOpen = () => ({
    call,
    hidden: { key: randomUUID(), rollout: open === undefined ? '' : `${open.version}/${open.attempt}` },
  });
  const challenger = open === undefined ? 'the challenger' : `v${open.version}`;
  return (
    <section class="panel" id="actions" aria-labelledby="actions-title">
      <h2 id="actions-title">Step in</h2>
      <p class="small dim">
        Every action asks for a reason, is written into the{' '}
        <a href={`/audit?model=${encodeURIComponent(name)}`}>audit</a> under your name ({call.principal.name}), and is
        delivered to the model's workflow.
      </p>
      <div class="actions">
        <ReasonForm
          {...aboutOpen()}
          label="Approve the rollout"
          about={`${challenger} becomes champion by your word.`}
          to={to('approve')}
          refusedBecause={role ?? noRollout}
        />
        <ReasonForm
          {...aboutOpen()}
          label="Abort the rollout"
          about={`${challenger} goes to 0 % at once; the champion stays.`}
          to={to('abort')}
          refusedBecause={role ?? noRollout}
          confirm={`${challenger} is taken out of ${name}.`}
        />
        <ReasonForm
          {...common()}
          label="Retrain now"
          about="Trains on everything that is labelled by now; a version that passes its gate is rolled out."
          to={to('retrain')}
          refusedBecause={role ?? (view.row.pausedBy === null ? null : 'The model is paused; resume it first.')}
        >
          <label>
            <input type="checkbox" name="experiment" value="yes" /> only an experiment: compare, do not roll out
          </label>
        </ReasonForm>
        <ReasonForm
          {...common()}
          label="Roll back"
          about="Moves the champion back; answers change at once."
          to={to('rollback')}
          refusedBecause={role ?? (champion === null ? 'There is no champion to move.' : null)}
          confirm={`The champion of ${name} is moved back.`}
        >
          <VersionSelect view={view} name="version" first="the champion before this one" released />
        </ReasonForm>
        <ReasonForm
          {...common()}
          label="Promote a version"
          about="Makes a version champion without a rollout."
          to={to('promote')}
          refusedBecause={role ?? (view.versions.length === 0 ? 'There is no version yet.' : null)}
          confirm={`The champion of ${name} is changed without a rollout.`}
        >
          <VersionSelect view={view} name="version" first={null} released={false} />
          <label>
            <input type="checkbox" name="force" value="yes" /> also if it was refused by its gate or is an experiment
          </label>
        </ReasonForm>
        <ReasonForm
          {...common()}
          label="Pause trainings"
          about="No automatic training; serving, watching and a rollout under way go on."
          to={to('pause')}
          refusedBecause={
            role ??
            (view.row.pausedBy === null ? null : `Paused by ${view.row.pausedBy}: ${view.row.pausedReason ?? ''}`)
          }
        />
        <ReasonForm
          {...common()}
          label="Resume trainings"
          about="Automatic trainings may start again."
          to={to('resume')}
          refusedBecause={role ?? (view.row.pausedBy === null ? 'It is not paused.' : null)}
        />
        <ReasonForm
          {...common()}
          label="Freeze"
          about={
            'Nothing automatic changes this model: no training, no step forward, no promotion. ' +
            'A failing challenger is still taken out.'
          }
          to={to('freeze')}
          refusedBecause={role ?? (own === null ? null : `Frozen by ${own.actor}: ${own.reason}`)}
        />
        <ReasonForm
          {...common()}
          label="Thaw"
          about="Ends the freeze of this model; what was held goes on."
          to={to('thaw')}
          refusedBecause={
            role ??
            (own === null
              ? view.freeze === null
                ? 'It is not frozen.'
                : 'All models are frozen; that is ended on the first page.'
              : null)
          }
        />
        <ReasonForm
          {...common()}
          label="Kill switch"
          about={
            'Back to the last champion that a person approved, the challenger out, everything frozen. ' +
            'Does not wait for Temporal.'
          }
          to={to('kill')}
          refusedBecause={role}
          confirm={`${name} goes back to its last champion that a person approved, and is frozen.`}
        />
      </div>
    </section>
  );
}

function VersionSelect({
  view,
  name,
  first,
  released,
}: Pick<SectionProps, 'view'> & { readonly name: string; readonly first: string | null; readonly released: boolean }) {
  const champion = view.entry?.champion?.version;
  const versions = view.versions.filter(
    (version) => version.version !== champion && (!released || version.status === 'released'),
  );
  return (
    <label>
      Version
      <select name={name}>
        {first === null ? null : <option value="">{first}</option>}
        {versions.map((version) => (
          <option value={String(version.version)}>
            v{version.version} ({version.status}, gate: {version.gateVerdict})
          </option>
        ))}
      </select>
    </label>
  );
}
