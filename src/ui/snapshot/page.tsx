import type { SnapshotShown } from '../../commands/pages/snapshot.ts';
import type { SnapshotPage } from '../../db/pages/snapshot.ts';
import type { ColumnSummary } from '../../domain/training/snapshot.ts';
import { describeSource } from '../../sources/registry.ts';
import { Bars } from '../charts/bars.tsx';
import { many, modelPath, number, percent, rows, runPath, time, versionPath } from '../format.ts';
import { Layout } from '../layout.tsx';
import type { PageCall } from '../secured-page.tsx';
import { Digest, Fact, State } from '../runs/state.tsx';
import { Histogram } from './histogram.tsx';
import { instant } from './instant.ts';

/** Columns that are drawn on one page; the others are a link away. */
const columnsPerPage = 48;

/** One immutable dataset: what was checked, what was set aside, how it looks, what came of it. */
export function SnapshotView({ call, shown }: { readonly call: PageCall; readonly shown: SnapshotShown }) {
  const { page } = shown;
  const { manifest } = page;
  const all = manifest.rows + manifest.quarantinedRows;
  return (
    <Layout
      call={call}
      title={`Snapshot ${page.digest.slice(0, 12)} of ${page.model}`}
      section="home"
      crumbs={[
        { text: 'Models', href: '/' },
        { text: page.model, href: modelPath(page.model) },
        { text: `snapshot ${page.digest.slice(0, 12)}` },
      ]}
    >
      <h1>
        Snapshot <Digest of={page.digest} /> of {page.model}
      </h1>
      <p>
        {page.kind === 'history'
          ? 'History from its declared source'
          : `Labelled traffic up to window ${page.throughWindow}`}
        : {rows(manifest.rows)} accepted, {number(manifest.quarantinedRows)} set aside (
        {percent(all === 0 ? 0 : manifest.quarantinedRows / all)} of {number(all)}), {rows(manifest.labelledRows)} with
        a label. It never changes; the same bytes under the same contract give the same name.
      </p>
      <div class="grid two">
        <Contract page={page} />
        <Origin page={page} />
      </div>
      <Quarantine shown={shown} />
      <Profile call={call} page={page} />
    </Layout>
  );
}

function Contract({ page }: { readonly page: SnapshotPage }) {
  const { ruleCounts } = page.manifest;
  const broken = ruleCounts.filter((count) => count.rows > 0);
  const allowed = page.contract?.quarantineShareMax;
  return (
    <section class="panel" id="contract">
      <header>
        <h2>Contract</h2>
        <State of="pass" text="accepted" />
      </header>
      <p class="dim small">
        Types, ranges and missing values as the inputs declare them
        {page.contract === null ? '' : `, and ${many(page.contract.rules.length, 'rule')} of its own`}.{' '}
        {allowed === undefined ? '' : `Above ${percent(allowed)} of rows set aside the whole batch is refused.`}
      </p>
      {broken.length === 0 ? (
        <p>Every row kept every rule.</p>
      ) : (
        <div class="scroll" tabindex={0} role="group" aria-label="Broken rules">
          <table>
            <thead>
              <tr>
                <th>rule</th>
                <th>asks</th>
                <th>then</th>
                <th class="num">rows</th>
                <th class="num">first line</th>
              </tr>
            </thead>
            <tbody>
              {broken.map((count) => (
                <tr>
                  <th scope="row">
                    <code>{count.ruleId}</code>
                  </th>
                  <td>{count.about}</td>
                  <td>{{ warn: 'a warning', quarantine: 'set aside', reject: 'refused' }[count.severity]}</td>
                  <td class="num">{number(count.rows)}</td>
                  <td class="num">{number(count.line)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Origin({ page }: { readonly page: SnapshotPage }) {
  const { manifest, source } = page;
  const parents = manifest.parents ?? [];
  return (
    <section class="panel" id="origin">
      <h2>Where it comes from, what came of it</h2>
      <dl class="facts">
        <Fact name="Source">
          {page.kind === 'traffic' ? (
            'the prediction log'
          ) : source === null ? (
            '—'
          ) : (
            <code>{describeSource(source)}</code>
          )}
        </Fact>
        <Fact name="Source (SHA-256)">
          <Digest of={manifest.sourceDigest} />
        </Fact>
        <Fact name="Spec revision">{page.specRevision}</Fact>
        <Fact name="Contract">
          <Digest of={manifest.contractDigest} />
        </Fact>
        <Fact name="Made">{time(page.createdAt)}</Fact>
        <Fact name="Files">
          {many(manifest.files.length, 'file')},{' '}
          {number(manifest.files.reduce((sum, file) => sum + file.bytes, 0) / 1024)} KiB
        </Fact>
        <Fact name="By">
          {page.runs.length === 0 ? 'a training' : page.runs.map((run) => <a href={runPath(run.runId)}>{run.runId}</a>)}
        </Fact>
        {parents.length === 0 ? null : (
          <Fact name="Comes after">
            {parents.map((parent) => (
              <Digest of={parent} href={`/snapshots/${parent}`} />
            ))}
          </Fact>
        )}
      </dl>
      <h3>Versions that learnt from it</h3>
      {page.versions.length === 0 ? (
        <p class="empty">None yet.</p>
      ) : (
        <ul>
          {page.versions.map(({ version, status, createdAt }) => (
            <li>
              <a href={versionPath(page.model, version)}>v{version}</a> <State of={status} /> {time(createdAt)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Quarantine({ shown }: { readonly shown: SnapshotShown }) {
  const { page, quarantine, canSeeRows } = shown;
  const { quarantinedRows } = page.manifest;
  return (
    <section class="panel" id="quarantine">
      <h2>Set aside</h2>
      {quarantinedRows === 0 ? (
        <p>Nothing: every row was accepted.</p>
      ) : quarantine === null ? (
        <p>
          {rows(quarantinedRows)}, kept as they came with the rules that they broke.{' '}
          {canSeeRows ? (
            <a href={`/snapshots/${page.digest}?rows=1#quarantine`}>Show the first of them</a>
          ) : (
            'They may be personal: operators and admins may read them.'
          )}
        </p>
      ) : (
        <div class="scroll" tabindex={0} role="group" aria-label="Rows set aside">
          <table>
            <caption>
              The first {number(quarantine.length)} of {rows(quarantinedRows)}, as they came.
            </caption>
            <thead>
              <tr>
                <th class="num">line</th>
                <th>why</th>
                <th>row</th>
              </tr>
            </thead>
            <tbody>
              {quarantine.map((row) => (
                <tr>
                  <td class="num">{number(row.line)}</td>
                  <td>{row.ruleIds.join(', ')}</td>
                  <td class="wide">
                    <code>{row.raw}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Profile({ call, page }: { readonly call: PageCall; readonly page: SnapshotPage }) {
  const { profile } = page.manifest;
  const asked = Number(call.query('from') ?? 0);
  const from = Number.isInteger(asked) && asked >= 0 && asked < profile.length ? asked : 0;
  const shown = profile.slice(from, from + columnsPerPage);
  const accepted = rows(page.manifest.rows);
  return (
    <section class="panel" id="profile">
      <h2>Profile</h2>
      <p class="dim small">
        Over all {accepted} that were accepted; a histogram runs from the 1st to the 99th percentile of {sampled(page)},
        what lies beyond stands in its first and last bar.
      </p>
      <div class="grid">
        {shown.map((column) => (
          <Column page={page} column={column} />
        ))}
      </div>
      {profile.length <= columnsPerPage ? null : (
        <nav class="pages" aria-label="Columns">
          {from === 0 ? null : (
            <a href={`/snapshots/${page.digest}?from=${Math.max(0, from - columnsPerPage)}#profile`}>
              ← earlier columns
            </a>
          )}
          <span class="dim">
            {from + 1} to {from + shown.length} of {many(profile.length, 'column')}
          </span>
          {from + columnsPerPage >= profile.length ? null : (
            <a href={`/snapshots/${page.digest}?from=${from + columnsPerPage}#profile`}>more columns →</a>
          )}
        </nav>
      )}
    </section>
  );
}

function sampled(page: SnapshotPage): string {
  const everyNth = page.manifest.profile.find((column) => column.histogram !== undefined)?.histogram?.everyNth ?? 1;
  return everyNth === 1 ? 'all rows' : `every ${number(everyNth)}th row`;
}

function Column({ page, column }: { readonly page: SnapshotPage; readonly column: ColumnSummary }) {
  const isEntity = column.name === page.entityColumn;
  const say = page.timeColumns.includes(column.name) ? instant : (x: number): string => number(x);
  const missing = column.rows === 0 ? 0 : column.missing / column.rows;
  return (
    <div class="panel">
      <h3>{column.name}</h3>
      {column.histogram === undefined || isEntity ? null : (
        <Histogram name={column.name} histogram={column.histogram} say={say} />
      )}
      {column.top === undefined || isEntity ? null : (
        <Bars
          label={`Most frequent values of ${column.name}`}
          items={column.top.map((entry) => ({
            label: entry.value,
            value: entry.rows,
            text: percent(column.rows === 0 ? 0 : entry.rows / column.rows),
          }))}
        />
      )}
      <p class="small dim">
        {column.min === undefined || column.max === undefined || isEntity
          ? ''
          : `${say(column.min)} to ${say(column.max)}, mean ${column.mean === undefined ? '—' : say(column.mean)}; `}
        {isEntity ? 'Whom the rows are about; values are not shown. ' : ''}
        {percent(missing)} missing, {many(column.distinct, 'distinct value')}
      </p>
    </div>
  );
}
