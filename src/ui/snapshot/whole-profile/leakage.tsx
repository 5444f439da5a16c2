import type { SnapshotProfile } from '../../../domain/training/snapshot-profile.ts';
import { Table, type Column } from '../../table/table.tsx';
import { number, percent } from '../../words/format.ts';
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

/** Features that seem to know what is to be predicted. */
export function Leakage({ profile }: { readonly profile: SnapshotProfile }) {
  const { leakage } = profile;
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
    </section>
  );
}
