import { isInScope } from '../../access/scope.ts';
import type { SnapshotPage } from '../../db/pages/snapshot.ts';
import { sayLines } from '../../domain/training/line-account.ts';
import { describeSource } from '../../sources/registry.ts';
import type { PageCall } from '../frame/page-call.ts';
import { lineagePath, many, number, runPath, time, versionPath } from '../words/format.ts';
import { Digest, Fact, State } from '../words/state.tsx';

/** Its source, its digests, and the versions that it went into. */
export function Origin({ call, page }: { readonly call: PageCall; readonly page: SnapshotPage }) {
  const { manifest, source } = page;
  const { branched } = manifest;
  const parents = manifest.parents ?? [];
  return (
    <section class="panel" id="origin">
      <h2>Where it comes from, what came of it</h2>
      <dl class="facts">
        <Fact name="Source">
          {page.kind === 'traffic' ? (
            'the prediction log'
          ) : branched !== undefined ? (
            'another line: of its own source nothing is in it'
          ) : source === null ? (
            '—'
          ) : (
            <code>{describeSource(source)}</code>
          )}
        </Fact>
        {manifest.member === undefined ? null : <Fact name="Which of its sources">{manifest.member}</Fact>}
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
        {manifest.traffic === undefined ? null : (
          <Fact name="Made of">
            {manifest.traffic.anew === null
              ? 'the traffic snapshot before and what is new since'
              : `all of the log: ${manifest.traffic.anew}`}
          </Fact>
        )}
        {manifest.lines === undefined ? null : <Fact name="Lines">{sayLines(manifest.lines)}</Fact>}
        {(manifest.readingNotes ?? []).length === 0 ? null : (
          <Fact name="As it was read">
            <ul>
              {(manifest.readingNotes ?? []).map((note) => (
                <li>{note}</li>
              ))}
            </ul>
          </Fact>
        )}
        {branched === undefined ? null : (
          <Fact name="Begins with">
            {branched.model},{' '}
            <Digest
              of={branched.snapshot}
              {...(isInScope(call.principal.scope, branched.model) ? { href: `/snapshots/${branched.snapshot}` } : {})}
            />
          </Fact>
        )}
        {parents.length === 0 ? null : (
          <Fact name="Comes after">
            {parents.map((parent) => (
              <Digest of={parent} href={`/snapshots/${parent}`} />
            ))}
          </Fact>
        )}
      </dl>
      <p class="small">
        <a href={lineagePath(page.model, { kind: 'snapshot', key: page.digest })}>Drawn, with what came before it</a>
      </p>
      <Versions page={page} />
    </section>
  );
}

function Versions({ page }: { readonly page: SnapshotPage }) {
  return (
    <>
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
    </>
  );
}
