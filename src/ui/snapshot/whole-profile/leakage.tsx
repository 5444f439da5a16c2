import { randomUUID } from 'node:crypto';
import type { AllowanceView } from '../../../contracts/http/training-allowances.ts';
import { suspicionName } from '../../../domain/training/leakage/allowance.ts';
import type { SnapshotProfile } from '../../../domain/training/snapshot-profile.ts';
import { ReasonForm } from '../../form/reason-form.tsx';
import { refusalFor } from '../../form/refusal.ts';
import type { PageCall } from '../../frame/page-call.ts';
import { Table, type Column } from '../../table/table.tsx';
import { number, percent, time } from '../../words/format.ts';
import { State } from '../../words/state.tsx';

type Suspicion = SnapshotProfile['leakage'][number];

const say = (suspicion: Suspicion, value: number): string =>
  suspicion.measure === 'rowsLater' ? percent(value) : number(value);

const columns: readonly Column<Suspicion>[] = [
  { head: 'column', cell: (one) => <code>{one.column}</code>, isHeading: true },
  { head: 'looks like', cell: (one) => one.kind },
  { head: 'why', cell: (one) => one.text, width: 'wide' },
  { head: 'score', cell: (one) => say(one, one.score), isNumber: true },
  { head: 'suspected from', cell: (one) => say(one, one.limit), isNumber: true },
];

const allowedColumns: readonly Column<AllowanceView>[] = [
  { head: 'suspicion', cell: (one) => <code>{one.suspicion}</code>, isHeading: true },
  { head: 'allowed by', cell: (one) => one.by },
  { head: 'since', cell: (one) => time(new Date(one.since)) },
  { head: 'reason', cell: (one) => one.reason, width: 'wide' },
];

export interface LeakageProps {
  readonly call: PageCall;
  readonly digest: string;
  readonly model: string;
  readonly profile: SnapshotProfile;
  /** Suspicions that people let go. */
  readonly allowances: readonly AllowanceView[];
}

/** Features that seem to know what is to be predicted, and what people said of them. */
export function Leakage({ call, digest, model, profile, allowances }: LeakageProps) {
  const { leakage } = profile;
  const allowed = allowances.map(({ suspicion }) => suspicion);
  const open = leakage.map(suspicionName).filter((name) => !allowed.includes(name));
  const refusedBecause = refusalFor(call.principal, 'operate', model);
  return (
    <section class="panel" id="leakage">
      <header>
        <h2>Leakage</h2>
        <State
          of={leakage.length === 0 ? 'pass' : 'held'}
          text={leakage.length === 0 ? 'none suspected' : `${leakage.length} suspected`}
        />
      </header>
      <p class="dim small">
        Each feature alone is asked for the target on three tenths of the rows, by what the others teach.
      </p>
      {leakage.length === 0 ? (
        <p>No feature alone is too good to be true, later than its event, or an id that predicts.</p>
      ) : (
        <Table label="Suspected columns" columns={columns} rows={leakage} />
      )}
      {allowances.length === 0 ? null : <Table label="Allowed suspicions" columns={allowedColumns} rows={allowances} />}
      {open.length === 0 ? null : (
        <ReasonForm
          call={call}
          label="Allow"
          about="Later trainings of the model go on in spite of it, on these rows and on others."
          to={`/snapshots/${digest}/leakage/allow`}
          refusedBecause={refusedBecause}
          hidden={{ key: randomUUID() }}
        >
          <OneOf id="allowed" names={open} />
        </ReasonForm>
      )}
      {allowed.length === 0 ? null : (
        <ReasonForm
          call={call}
          label="Revoke"
          about="Trainings stop at it again, unless the definition allows it."
          to={`/snapshots/${digest}/leakage/revoke`}
          refusedBecause={refusedBecause}
          hidden={{ key: randomUUID() }}
        >
          <OneOf id="revoked" names={allowed} />
        </ReasonForm>
      )}
    </section>
  );
}

function OneOf({ id, names }: { readonly id: string; readonly names: readonly string[] }) {
  return (
    <div>
      <label for={id}>Suspicion</label>
      <select id={id} name="suspicion">
        {names.map((name) => (
          <option value={name}>{name}</option>
        ))}
      </select>
    </div>
  );
}
