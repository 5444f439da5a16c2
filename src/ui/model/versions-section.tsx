import { sayCount } from '../../domain/words/say.ts';
import { Table, type Column } from '../table/table.tsx';
import { experimentsPath, runPath, time, trainingsPath, versionPath } from '../words/format.ts';
import type { SectionProps } from './section.ts';

/** Versions, latest first, with what their gate said. */
export function VersionsSection({ name, view }: SectionProps) {
  return (
    <section class="panel" id="versions" aria-labelledby="versions-title">
      <h2 id="versions-title">Versions</h2>
      <Table
        label="Versions"
        columns={columnsOf(name, view.entry)}
        rows={view.versions}
        empty={<NoneYet />}
        isSortable
      />
      <p class="small">
        <a href={trainingsPath(name)}>Trainings over time, side by side</a> ·{' '}
        <a href={experimentsPath(name)}>experiments</a>
      </p>
    </section>
  );
}

function NoneYet() {
  return (
    <>
      None yet. A training is started when the definition is applied; <a href="/runs">its run</a> says how far it is.
    </>
  );
}

type Version = SectionProps['view']['versions'][number];
type Entry = SectionProps['view']['entry'];

function columnsOf(name: string, entry: Entry): readonly Column<Version>[] {
  return [
    {
      head: 'version',
      cell: ({ version }) => (
        <>
          <a href={versionPath(name, version)}>v{version}</a> <Standing version={version} entry={entry} />
        </>
      ),
      sortKey: ({ version }) => String(version),
    },
    { head: 'state', cell: ({ status, origin }) => `${status}${origin === 'imported' ? ', imported' : ''}` },
    {
      head: 'gate',
      cell: ({ gateVerdict }) => <span class={`state ${gateKind(gateVerdict)}`}>{gateVerdict}</span>,
    },
    { head: 'labelled rows', cell: ({ labelledRows }) => sayCount(labelledRows), isNumber: true },
    { head: 'definition', cell: ({ specRevision }) => `revision ${specRevision}` },
    { head: 'made by', cell: ({ runId }) => runId, href: ({ runId }) => runPath(runId) },
    { head: 'made', cell: ({ createdAt }) => time(createdAt), sortKey: ({ createdAt }) => createdAt.toISOString() },
  ];
}

function Standing({ version, entry }: { readonly version: number; readonly entry: Entry }) {
  if (version === entry?.champion?.version) return <span class="state good">champion</span>;
  return version === entry?.challenger?.version ? <span class="state info">challenger</span> : null;
}

function gateKind(verdict: string): string {
  return verdict === 'pass' ? 'good' : verdict === 'fail' ? 'bad' : '';
}
