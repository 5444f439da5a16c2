import { exportRowsMax, type AuditQuery, type AuditShown } from '../../commands/pages/audit.ts';
import type { AuditLine } from '../../db/pages/audit.ts';
import { auditTypes, type AuditType } from '../../domain/record/audit-types.ts';
import { cut } from '../../domain/words/cut.ts';
import { Table, type Column } from '../table/table.tsx';
import { number, runPath, time } from '../words/format.ts';
import { Filters } from './filters.tsx';
import { SubjectLink } from './subject-link.tsx';

const reasonCharsMax = 300;

const columns: readonly Column<AuditLine>[] = [
  { head: 'row', cell: (line) => line.seq, isNumber: true },
  { head: 'when', cell: (line) => time(line.at), isNumber: true },
  { head: 'what, by whom', cell: (line) => <Deed line={line} /> },
  { head: 'about', cell: (line) => <SubjectLink line={line} />, width: 'name' },
  { head: 'why', cell: (line) => cut(line.reason, reasonCharsMax), width: 'wide' },
  { head: 'proof', cell: (line) => <Proof line={line} /> },
];

const nothingYet = 'Nothing has happened yet. The first row is written when a definition is applied.';

/** The rows of the audit, youngest first, as they are filtered. */
export function Happened({ query, shown }: { readonly query: AuditQuery; readonly shown: AuditShown }) {
  const isFiltered = Object.entries(query).some(([name, value]) => name !== 'before' && value !== null);
  return (
    <section class="panel">
      <h2>What happened</h2>
      <Filters query={query} />
      <Table
        label="Audit rows"
        columns={columns}
        rows={shown.lines}
        rowId={(line) => `row-${line.seq}`}
        empty={isFiltered ? <NoneLikeThis /> : nothingYet}
      />
      <div class="row spread">
        <span class="small dim">
          Export what is filtered (at most {number(exportRowsMax)} rows):{' '}
          <a href={`/audit/export?format=csv&${queryText(query)}`}>CSV</a>,{' '}
          <a href={`/audit/export?format=ndjson&${queryText(query)}`}>NDJSON</a>
        </span>
        <span class="pages">
          {query.before === null ? null : <a href={`/audit?${queryText({ ...query, before: null })}`}>latest</a>}
          {shown.next === null ? null : (
            <a href={`/audit?${queryText({ ...query, before: String(shown.next) })}`}>earlier →</a>
          )}
        </span>
      </div>
    </section>
  );
}

function NoneLikeThis() {
  return (
    <>
      No row is like this. <a href="/audit">Show all</a>.
    </>
  );
}

function Deed({ line }: { readonly line: AuditLine }) {
  return (
    <>
      <span class="tag" title={meaningOf(line.type)}>
        {line.type.replace('perennial.', '')}
      </span>
      <br />
      <small class="dim">{line.actor}</small>
    </>
  );
}

function Proof({ line }: { readonly line: AuditLine }) {
  return (
    <>
      {line.runId === null ? null : <a href={runPath(line.runId)}>run</a>}{' '}
      {line.evidenceId === null ? null : <a href={`/audit/evidence?id=${line.evidenceId}`}>evidence</a>}{' '}
      <code title={`hash ${line.hash}, of the row before ${line.previousHash}`}>{line.hash.slice(0, 8)}</code>
    </>
  );
}

function meaningOf(type: string): string | undefined {
  return isAuditType(type) ? auditTypes[type].meaning : undefined;
}

function isAuditType(type: string): type is AuditType {
  return Object.hasOwn(auditTypes, type);
}

function queryText(query: AuditQuery): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (typeof value === 'string') text.set(name, value);
  return text.toString();
}
