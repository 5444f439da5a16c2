import type { AnnotationKind } from '../../domain/record/closed-sets.ts';
import type { AnnotationRow } from '../../db/people/annotations.ts';
import type { VersionShown } from '../../commands/pages/version.ts';
import { many, modelPath, number, rows, time, versionPath } from '../format.ts';
import { Layout } from '../layout.tsx';
import type { PageCall } from '../secured-page.tsx';
import { State } from '../runs/state.tsx';
import { Career, CorrectionPanel, Inputs, Lineage } from './lineage.tsx';
import { GateChecks, Importance, Metrics, Slices } from './quality.tsx';
import { charsMax } from '../../domain/words/limits.ts';

const kinds: Readonly<Record<AnnotationKind, string>> = {
  tag: 'Tag',
  note: 'Note',
  description: 'Description',
  owner: 'Owner',
};

/** One version: is it good, for whom not, where from, who let it through. */
export function VersionView({ call, shown }: { readonly call: PageCall; readonly shown: VersionShown }) {
  const { page } = shown;
  const path = versionPath(page.model, page.version);
  return (
    <Layout
      call={call}
      title={`${page.model} v${page.version}`}
      section="home"
      crumbs={[
        { text: 'Models', href: '/' },
        { text: page.model, href: modelPath(page.model) },
        { text: `v${page.version}` },
      ]}
    >
      <div class="row spread">
        <h1>
          {page.model} v{page.version}
        </h1>
        <Neighbours page={page} />
      </div>
      <p class="row">
        <State of={page.status} />
        {page.serving === null ? null : (
          <State of={page.serving.as} text={page.serving.as === 'champion' ? 'champion now' : 'challenger now'} />
        )}
        {page.origin === 'imported' ? <span class="tag">imported</span> : null}
        {shown.annotations
          .filter((row) => row.kind === 'tag')
          .map((row) => (
            <span class="tag">{row.text}</span>
          ))}
      </p>
      <p>{inWords(shown)}</p>
      <GateChecks page={page} />
      <Metrics page={page} />
      <div class="grid two">
        <Importance page={page} />
        <Slices page={page} />
      </div>
      <Lineage page={page} runLink={shown.runLink} canDownload={shown.canOperate} />
      <div class="grid two">
        <Career page={page} />
        <CorrectionPanel page={page} />
      </div>
      <Inputs page={page} />
      <Annotations call={call} shown={shown} path={path} />
      <section class="panel" id="card">
        <header>
          <h2>Model card</h2>
          <a href={`${path}/card.md`}>download as Markdown</a>
        </header>
        <details class="fold">
          <summary>Read it here</summary>
          <pre tabindex={0}>{shown.card}</pre>
        </details>
      </section>
    </Layout>
  );
}

function Neighbours({ page }: { readonly page: VersionShown['page'] }) {
  const { previous, next, previousRunId } = page.neighbours;
  return (
    <nav class="row" aria-label="Other versions">
      {previous === null ? null : <a href={versionPath(page.model, previous)}>← v{previous}</a>}
      {next === null ? null : <a href={versionPath(page.model, next)}>v{next} →</a>}
      {page.run === null || previousRunId === null ? null : (
        <a href={`/runs/compare?a=${encodeURIComponent(previousRunId)}&b=${encodeURIComponent(page.run.runId)}`}>
          compare with v{previous}
        </a>
      )}
    </nav>
  );
}

/** The whole page in two sentences. */
function inWords({ page }: VersionShown): string {
  const made =
    page.origin === 'imported'
      ? 'It was trained elsewhere and imported'
      : `It learnt from ${rows(page.labelledRows)} with a known label`;
  const checks = page.gate?.checks ?? [];
  const met = checks.filter((check) => check.verdict === 'pass').length;
  const gate = {
    released:
      checks.length === 0
        ? 'no check stood in its way'
        : `it met ${number(met)} of ${many(checks.length, 'check')} and passed its gate`,
    rejected: 'its gate refused it, so it is not served',
    experiment: 'it was made as an experiment and is not served',
  }[page.status];
  const now =
    page.serving === null
      ? ''
      : page.serving.as === 'champion'
        ? ' It answers now as champion.'
        : ' A rollout is trying it now as challenger.';
  const reason = page.status === 'rejected' && page.gate !== null ? ` ${page.gate.text}` : '';
  return `${made}; ${gate}.${reason}${now}`;
}

function Annotations({
  call,
  shown,
  path,
}: {
  readonly call: PageCall;
  readonly shown: VersionShown;
  readonly path: string;
}) {
  return (
    <section class="panel" id="annotations">
      <h2>What people wrote about it</h2>
      {shown.annotations.length === 0 ? (
        <p class="empty">
          Nothing yet. A note such as “trained before the price change” helps whoever reads this in a year.
        </p>
      ) : null}
      <ul>
        {shown.annotations.map((row) => (
          <li>
            <AnnotationLine call={call} row={row} path={path} canOperate={shown.canOperate} />
          </li>
        ))}
      </ul>
      {shown.canOperate ? (
        <form method="post" action={`${path}/annotate`} class="filters">
          <input type="hidden" name="csrf" value={call.csrf} />
          <label>
            Kind
            <select name="kind">
              {Object.entries(kinds).map(([kind, word]) => (
                <option value={kind}>{word}</option>
              ))}
            </select>
          </label>
          <label>
            Text
            <input name="text" required maxlength={charsMax.formNote} autocomplete="off" />
          </label>
          <button type="submit">Write</button>
        </form>
      ) : (
        <p class="small dim">Operators and admins may write here.</p>
      )}
    </section>
  );
}

function AnnotationLine({
  call,
  row,
  path,
  canOperate,
}: {
  readonly call: PageCall;
  readonly row: AnnotationRow;
  readonly path: string;
  readonly canOperate: boolean;
}) {
  return (
    <form method="post" action={`${path}/take-back`} class="row">
      <span>
        <b>{kinds[row.kind]}:</b> {row.text}{' '}
        <small class="dim">
          {row.actor}, {time(row.createdAt)}
        </small>
      </span>
      {canOperate ? (
        <>
          <input type="hidden" name="csrf" value={call.csrf} />
          <input type="hidden" name="annotation" value={String(row.annotationId)} />
          <button type="submit" class="quiet" aria-label={`Take back: ${row.text}`}>
            take back
          </button>
        </>
      ) : null}
    </form>
  );
}
