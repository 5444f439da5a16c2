import type { QuarantinePage } from '../../contracts/http/data/quarantine.ts';
import { quarantineMax, type RowPick } from '../../domain/contract/quarantine.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { ReasonForm } from '../form/reason-form.tsx';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { Table, type Column } from '../table/table.tsx';
import { modelPath, number } from '../words/format.ts';

type Row = QuarantinePage['rows'][number];

const columns: readonly Column<Row>[] = [
  { head: 'line', cell: (row) => number(row.line), isNumber: true, isHeading: true },
  { head: 'why', cell: (row) => row.ruleIds.join(', ') },
  { head: 'state', cell: (row) => row.state },
  { head: 'as it came', cell: (row) => <code>{row.raw}</code>, width: 'wide' },
  { head: 'still breaks', cell: (row) => (row.breaks === null ? '' : row.breaks.join(', ') || 'nothing') },
  { head: 'as edited', cell: (row) => (row.edited === null ? '' : <code>{row.edited}</code>), width: 'wide' },
];

/** A map of some hundred values; longer ones go through the API. */
const repairCharsMax = 20_000;

export interface QuarantineProps {
  readonly call: PageCall;
  readonly shown: QuarantinePage;
  readonly pick: RowPick;
}

/** Rows that were not learnt from: why, as they came, and the way back in. */
export function QuarantineView({ call, shown, pick }: QuarantineProps) {
  const { model, digest, rows } = shown;
  const snapshot = `/snapshots/${digest}`;
  const most = number(quarantineMax.rowsPerCommand);
  return (
    <Layout
      call={call}
      title={`Quarantine of snapshot ${digest.slice(0, 12)}`}
      section="home"
      crumbs={[
        { text: 'Models', href: '/' },
        { text: model, href: modelPath(model) },
        { text: `snapshot ${digest.slice(0, 12)}`, href: snapshot },
        { text: 'quarantine' },
      ]}
    >
      <h1>Rows set aside</h1>
      <p>
        They are kept as they came. An edit stands beside them; a replay checks the open ones again, and what passes
        becomes a snapshot that continues the history.
      </p>
      {shown.settledBy === null ? null : (
        <p>Revision {shown.settledBy} has read the source anew: what it made of these rows is in its own snapshot.</p>
      )}
      <section class="panel" id="rows">
        <h2>{pick.ruleId === null ? 'Rows' : `Rows that broke ${pick.ruleId}`}</h2>
        {rows.length === 0 ? (
          <p>No such row was set aside.</p>
        ) : (
          <Table label="Rows set aside" columns={columns} rows={rows} />
        )}
        <p>
          {pick.ruleId === null ? null : <a href={`${snapshot}/quarantine`}>Every row</a>}{' '}
          {shown.nextLine === null ? null : <a href={nextPage(snapshot, pick, shown.nextLine)}>The next rows</a>}
        </p>
      </section>
      <section class="panel" id="actions">
        <h2>What may be done</h2>
        <ReasonForm
          call={call}
          label="Edit"
          about="Writes a cell of these rows anew. It takes effect when they are replayed; the rows as they came stay."
          to={`${snapshot}/quarantine/fix`}
          refusedBecause={null}
        >
          <div>
            <label for="column">Column</label>
            <input id="column" name="column" required maxlength={charsMax.columnName} />
          </div>
          <div>
            <label for="value">New text; none empties the cell</label>
            <input id="value" name="value" maxlength={charsMax.value} />
          </div>
          <Where id="fix" pick={pick} />
        </ReasonForm>
        <ReasonForm
          call={call}
          label="Replay"
          about={`Checks the open rows by the contract of today, at most ${most} at once.`}
          to={`${snapshot}/quarantine/replay`}
          refusedBecause={null}
        />
        <ReasonForm
          call={call}
          label="Repair"
          about="Adds a repair to the definition. Its next revision reads the source anew, which settles these rows."
          to={`${snapshot}/quarantine/repair`}
          refusedBecause={null}
        >
          <div>
            <label for="repair">Repair, as JSON</label>
            <textarea id="repair" name="repair" rows={3} required maxlength={repairCharsMax}></textarea>
          </div>
          <div>
            <label>
              <input type="checkbox" name="only" value="yes" checked /> only say what it would mend
            </label>
          </div>
        </ReasonForm>
        <ReasonForm
          call={call}
          label="Drop"
          about="Decides that these rows will not be learnt from. With neither a rule nor a line: every open row."
          to={`${snapshot}/quarantine/drop`}
          refusedBecause={null}
          confirm="Drop these rows? They stay in the file and cannot be replayed any more."
        >
          <Where id="drop" pick={pick} />
        </ReasonForm>
      </section>
    </Layout>
  );
}

/** Which rows are meant. */
function Where({ id, pick }: { readonly id: string; readonly pick: RowPick }) {
  return (
    <>
      <div>
        <label for={`${id}-rule`}>Rows that broke this rule</label>
        <input id={`${id}-rule`} name="rule" value={pick.ruleId ?? ''} />
      </div>
      <div>
        <label for={`${id}-line`}>The row of this line</label>
        <input id={`${id}-line`} name="line" inputmode="numeric" />
      </div>
    </>
  );
}

function nextPage(snapshot: string, { ruleId }: RowPick, nextLine: number): string {
  const query = new URLSearchParams({ ...(ruleId === null ? {} : { rule: ruleId }), after: String(nextLine) });
  return `${snapshot}/quarantine?${query.toString()}`;
}
