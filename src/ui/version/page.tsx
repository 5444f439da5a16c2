import type { VersionShown } from '../../commands/pages/version.ts';
import { many, modelPath, number, rows, versionPath } from '../words/format.ts';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { State } from '../words/state.tsx';
import { UserSteps } from '../words/user-steps.tsx';
import { Annotations } from './annotations.tsx';
import { CalibrationPanel } from './calibration.tsx';
import { Career } from './career.tsx';
import { CorrectionPanel } from './correction.tsx';
import { FootprintPanel } from './footprint.tsx';
import { GateChecks } from './gate.tsx';
import { Importance } from './importance.tsx';
import { Inputs } from './inputs.tsx';
import { Lineage } from './lineage.tsx';
import { Metrics } from './metrics.tsx';
import { SelectedFeatures } from './selected-features.tsx';
import { Slices } from './slices.tsx';

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
      <Head shown={shown} />
      <p>{inWords(shown)}</p>
      <GateChecks page={page} />
      <UserSteps calls={page.userSteps} />
      <FootprintPanel footprint={page.gate?.footprint ?? null} />
      <Metrics page={page} />
      <CalibrationPanel page={page} />
      <div class="grid two">
        <Importance page={page} />
        <Slices page={page} />
      </div>
      <SelectedFeatures page={page} />
      <Lineage page={page} runLink={shown.runLink} canDownload={shown.canOperate} />
      <Career page={page} />
      <CorrectionPanel call={call} shown={shown} path={path} />
      <Inputs page={page} />
      <Annotations call={call} shown={shown} path={path} />
      <Card path={path} />
    </Layout>
  );
}

function Head({ shown }: { readonly shown: VersionShown }) {
  const { page, annotations } = shown;
  const tags = annotations.filter((row) => row.kind === 'tag');
  return (
    <>
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
        {tags.map((row) => (
          <span class="tag">{row.text}</span>
        ))}
      </p>
    </>
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

function Card({ path }: { readonly path: string }) {
  return (
    <section class="panel" id="card">
      <header>
        <h2>Model card</h2>
        <a href={`${path}/card.html`}>read and print</a> <a href={`${path}/card.md`}>download as Markdown</a>
      </header>
      <p class="small dim">
        What it is for, which data made it, how good it is and for whom, what it is not to be trusted with, who let it
        through, and how to make it again: on one page that stands for itself.
      </p>
    </section>
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
        ? ' It is champion now.'
        : ' A rollout is trying it now as challenger.';
  const reason = page.status === 'rejected' && page.gate !== null ? ` ${page.gate.text}` : '';
  return `${made}; ${gate}.${reason}${now}`;
}
