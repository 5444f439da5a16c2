import type { AuditQuery, AuditShown, ChampionThen } from '../../commands/pages/audit.ts';
import { exportRowsMax } from '../../commands/pages/audit.ts';
import type { AuditVerified } from '../../contracts/http/audit.ts';
import type { AuditLine } from '../../db/pages/audit.ts';
import { auditTypes, type AuditType } from '../../domain/record/audit-types.ts';
import { modelPath, number, rolloutPath, runPath, time, versionPath } from '../format.ts';
import { Layout } from '../layout.tsx';
import type { PageCall } from '../secured-page.tsx';
import { State } from '../runs/state.tsx';
import { parseSubject } from '../../domain/record/audit-subject.ts';
import { parseRunId } from '../../domain/words/run-id.ts';
import { cut } from '../../domain/words/cut.ts';

export interface AuditPageProps {
  readonly call: PageCall;
  readonly query: AuditQuery;
  readonly shown: AuditShown;
  readonly champion: ChampionThen | null;
  readonly verified: AuditVerified | null;
}

/** Who did what, when and why; nothing here was ever changed, and the check proves it. */
export function AuditPage({ call, query, shown, champion, verified }: AuditPageProps) {
  const isFiltered = Object.entries(query).some(([name, value]) => name !== 'before' && value !== null);
  return (
    <Layout call={call} title="Audit" section="audit">
      <h1>Audit</h1>
      <div class="grid two">
        <ChampionBox call={call} found={champion} />
        <VerifyBox shown={shown} verified={verified} />
      </div>
      <section class="panel">
        <h2>What happened</h2>
        <Filters query={query} />
        {shown.lines.length === 0 ? (
          <p class="empty">
            {isFiltered ? (
              <>
                No row is like this. <a href="/audit">Show all</a>.
              </>
            ) : (
              'Nothing has happened yet. The first row is written when a definition is applied.'
            )}
          </p>
        ) : (
          <Table lines={shown.lines} />
        )}
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
    </Layout>
  );
}

function queryText(query: AuditQuery): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (typeof value === 'string') text.set(name, value);
  return text.toString();
}

function ChampionBox({ call, found }: { readonly call: PageCall; readonly found: ChampionThen | null }) {
  const then = found?.view.champion ?? null;
  const model = found === null ? null : <a href={modelPath(found.view.model)}>{found.view.model}</a>;
  return (
    <section class="panel" id="champion">
      <h2>Who was champion?</h2>
      <form class="filters" method="get" action="/audit">
        <label>
          Model
          <input name="champion" required value={call.query('champion') ?? ''} autocomplete="off" />
        </label>
        <label>
          At (UTC)
          <input name="at" type="datetime-local" value={call.query('at')?.slice(0, 16) ?? ''} />
        </label>
        <button type="submit" class="quiet">
          Ask
        </button>
      </form>
      {found === null ? null : then === null || then.version === null ? (
        <p role="status">
          On {time(found.view.at)} {model} had no champion.
          {then === null ? '' : ` The last had been taken out by ${then.actor}: ${then.why}`}
        </p>
      ) : (
        <div role="status">
          <p>
            On {time(found.view.at)} the champion of {model} was{' '}
            <a href={versionPath(found.view.model, then.version)}>v{then.version}</a>, since {time(then.since)}, by{' '}
            {then.actor}: {then.why}
          </p>
          {found.evidence === null ? (
            <p class="small dim">
              No measurement stands behind that move: a person decided, or nothing answered before.
            </p>
          ) : (
            <p class="small">
              <a href={`/audit/evidence?id=${found.evidence.evidenceId}`}>Evidence {found.evidence.evidenceId}</a> (
              {found.evidence.kind}, {found.evidence.verdict}): {cut(String(found.evidence.body['text'] ?? ''), 400)}
            </p>
          )}
        </div>
      )}
    </section>
  );
}

function VerifyBox({ shown, verified }: { readonly shown: AuditShown; readonly verified: AuditVerified | null }) {
  return (
    <section class="panel" id="verify">
      <h2>Is it whole?</h2>
      <p class="dim small">
        Each row holds the hash of the one before it: one changed byte breaks the chain from there on. Note the head
        elsewhere, and a record cut or written anew is found too.
      </p>
      {verified === null ? null : (
        <p role="status">
          <State of={verified.intact ? 'pass' : 'fail'} text={verified.intact ? 'whole' : 'broken'} />{' '}
          {verified.wrong === null ? (
            <>
              {number(verified.checked)} rows checked{verified.isComplete ? '' : ' so far'}; head{' '}
              <code>{verified.head.slice(0, 28)}</code>
            </>
          ) : (
            <>
              row {verified.wrong.seq}: {verified.wrong.why}
            </>
          )}
        </p>
      )}
      {verified !== null && !verified.isComplete ? (
        <p>
          <a class="button quiet" href={`/audit?verify=1&after=${encodeURIComponent(verified.head)}`}>
            Go on checking
          </a>
        </p>
      ) : null}
      {shown.canVerify ? (
        <p>
          <a class="button quiet" href="/audit?verify=1">
            Check the chain
          </a>
        </p>
      ) : (
        <p class="small dim">An admin for all models may check the chain, here or with `perennial audit verify`.</p>
      )}
    </section>
  );
}

const groups: readonly (readonly [prefix: string, words: string])[] = [
  ['perennial.rollout.', 'rollouts'],
  ['perennial.champion.', 'champions'],
  ['perennial.retrain.', 'retrain decisions'],
  ['perennial.version.', 'versions'],
  ['perennial.gate.', 'gates'],
  ['perennial.alert.', 'alerts'],
  ['perennial.model.', 'pause, freeze, kill'],
  ['perennial.spec.', 'definitions'],
  ['perennial.command.', 'commands of people'],
  ['perennial.token.', 'tokens'],
  ['perennial.session.', 'sessions'],
];

function Filters({ query }: { readonly query: AuditQuery }) {
  return (
    <form class="filters" method="get" action="/audit">
      <label>
        Model
        <input name="model" value={query.model ?? ''} autocomplete="off" />
      </label>
      <label>
        What
        <select name="type">
          <option value="">anything</option>
          <optgroup label="all about">
            {groups.map(([prefix, words]) => (
              <option value={prefix} selected={query.type === prefix}>
                {words}
              </option>
            ))}
          </optgroup>
          <optgroup label="only">
            {Object.keys(auditTypes).map((type) => (
              <option value={type} selected={query.type === type}>
                {type.replace('perennial.', '')}
              </option>
            ))}
          </optgroup>
        </select>
      </label>
      <label>
        Who
        <input name="actor" value={query.actor ?? ''} autocomplete="off" />
      </label>
      <label>
        From (UTC)
        <input name="since" type="date" value={query.since?.slice(0, 10) ?? ''} />
      </label>
      <label>
        Before (UTC)
        <input name="until" type="date" value={query.until?.slice(0, 10) ?? ''} />
      </label>
      <button type="submit" class="quiet">
        Show
      </button>
    </form>
  );
}

function Table({ lines }: { readonly lines: readonly AuditLine[] }) {
  return (
    <div class="scroll" tabindex={0} role="group" aria-label="Audit rows">
      <table>
        <thead>
          <tr>
            <th class="num">row</th>
            <th class="num">when</th>
            <th>what, by whom</th>
            <th>about</th>
            <th>why</th>
            <th>proof</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr id={`row-${line.seq}`}>
              <td class="num">{line.seq}</td>
              <td class="num">{time(line.at)}</td>
              <td>
                <span class="tag" title={meaningOf(line.type)}>
                  {line.type.replace('perennial.', '')}
                </span>
                <br />
                <small class="dim">{line.actor}</small>
              </td>
              <td class="name">{subjectLink(line)}</td>
              <td class="wide">{cut(line.reason, 300)}</td>
              <td>
                {line.runId === null ? null : <a href={runPath(line.runId)}>run</a>}{' '}
                {line.evidenceId === null ? null : <a href={`/audit/evidence?id=${line.evidenceId}`}>evidence</a>}{' '}
                <code title={`hash ${line.hash}, of the row before ${line.previousHash}`}>{line.hash.slice(0, 8)}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function meaningOf(type: string): string | undefined {
  return isAuditType(type) ? auditTypes[type].meaning : undefined;
}

function isAuditType(type: string): type is AuditType {
  return Object.hasOwn(auditTypes, type);
}

/** All but the first eight digits of a UUID: enough to tell rows apart, and the whole is in the title. */
const uuidTail = /(?<=[0-9a-f]{8})(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `fraud/v3`, `rollout/fraud/3/1` and the like as links to what they name. */
export function subjectLink(line: Pick<AuditLine, 'model' | 'subject'>) {
  const { model, subject } = line;
  if (model === null) return <span title={subject}>{subject.replace(uuidTail, '')}</span>;
  const about = parseSubject(subject);
  if (about?.of === 'version') return <a href={versionPath(model, about.version)}>{subject}</a>;
  if (about?.of === 'snapshot') return <a href={`/snapshots/${about.id}`}>{`snapshot ${about.id.slice(0, 12)}`}</a>;
  if (about?.of === 'alert') return <a href={`/alerts?model=${encodeURIComponent(model)}`}>{subject}</a>;
  const run = about?.of === 'run' ? parseRunId(about.runId) : null;
  if (run?.kind === 'rollout') return <a href={rolloutPath(model, run.version, run.attempt)}>{subject}</a>;
  if (run !== null && run.kind !== 'import') return <a href={runPath(subject)}>{subject}</a>;
  return (
    <a href={modelPath(model)} title={subject}>
      {subject.replace(`/${model}/`, ' ').replace(uuidTail, '')}
    </a>
  );
}
