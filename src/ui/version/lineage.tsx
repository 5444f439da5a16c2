import type { VersionPage } from '../../db/pages/version.ts';
import { describeChange } from '../../domain/spec/diff-spec.ts';
import { sayMakerComparison } from '../../domain/spec/maker-comparison.ts';
import { sayExternalFit, sayParity } from '../../domain/training/external/say-external-fit.ts';
import { sayFound } from '../../domain/training/search/say-search.ts';
import { ensembleFacts } from '../../domain/training/search/say-ensemble.ts';
import { selectionFacts } from '../../domain/training/selection/say-selection.ts';
import { duration, lineagePath, many, number, percent, rows, runPath, time, versionPath } from '../words/format.ts';
import { Digest, Fact, State } from '../words/state.tsx';

export interface LineageProps {
  readonly page: VersionPage;
  /** Web UI of the run. */
  readonly runLink: string;
  readonly canDownload: boolean;
}

/** Where it comes from: data, definition, run, code, and the file itself. */
export function Lineage({ page, runLink, canDownload }: LineageProps) {
  return (
    <section class="panel" id="lineage">
      <h2>Where it comes from</h2>
      <dl class="facts">
        <RunFacts page={page} runLink={runLink} />
        <TrainerFacts page={page} />
        <FileFacts page={page} canDownload={canDownload} />
      </dl>
      <p class="small">
        <a href={lineagePath(page.model, { kind: 'version', key: String(page.version) })}>
          Drawn, with what came of it
        </a>
      </p>
      <Data page={page} />
      <Definition page={page} />
    </section>
  );
}

type OfPage = Pick<LineageProps, 'page'>;

function RunFacts({ page, runLink }: Pick<LineageProps, 'page' | 'runLink'>) {
  const { run } = page;
  return (
    <>
      <Fact name="Run">
        {run === null ? (
          'not recorded'
        ) : (
          <>
            <a href={runPath(run.runId)}>{run.runId}</a> <State of={run.status} /> <a href={runLink}>Temporal</a>
          </>
        )}
      </Fact>
      <Fact name="Started by">{run?.trigger ?? (page.origin === 'imported' ? 'an import' : 'not recorded')}</Fact>
      <Fact name="Took">
        {run === null || run.endedAt === null ? '—' : duration(run.endedAt.getTime() - run.startedAt.getTime())}
      </Fact>
      <Fact name="Labelled rows">{rows(page.labelledRows)}</Fact>
      <Fact name="Traffic used">
        {page.throughWindow === null ? 'none' : (page.gate?.traffic ?? `up to window ${page.throughWindow}`)}
      </Fact>
    </>
  );
}

function TrainerFacts({ page }: OfPage) {
  const { report } = page;
  return (
    <>
      <Fact name="Trainer">
        {report.release === undefined
          ? page.origin === 'imported'
            ? 'elsewhere'
            : '—'
          : `${report.release.family}${report.release.trees > 0 ? `, ${many(report.release.trees, 'tree')}` : ''}`}
      </Fact>
      <Fact name="History used">{percent(report.historyShare)}</Fact>
      <Fact name="Decides from">{page.threshold === null ? 'the most probable' : number(page.threshold)}</Fact>
      <Fact name={page.origin === 'imported' ? 'Against its maker' : 'ONNX against trainer'}>
        {report.parity === undefined
          ? '—'
          : page.origin === 'imported'
            ? sayMakerComparison({ rows: report.parity.rows, largestDifference: report.parity.maxAbsoluteDifference })
            : sayParity(report.parity)}
      </Fact>
      {[...selectionFacts(report.selection), ...ensembleFacts(report.ensemble)].map(({ name, text }) => (
        <Fact name={name}>{text}</Fact>
      ))}
      {report.external === undefined
        ? null
        : sayExternalFit(report.external).map(({ name, text }) => <Fact name={name}>{text}</Fact>)}
      {report.search === undefined ? null : (
        <Fact name="Search">
          {page.run === null ? (
            sayFound(report.search)
          ) : (
            <a href={`${runPath(page.run.runId)}#trials`}>{sayFound(report.search)}</a>
          )}
        </Fact>
      )}
    </>
  );
}

function FileFacts({ page, canDownload }: Pick<LineageProps, 'page' | 'canDownload'>) {
  const { gate } = page;
  return (
    <>
      <Fact name="Training code">
        {gate?.code == null ? (
          'not recorded'
        ) : (
          <span title={`${gate.code.node}, ${gate.code.platform}`}>
            {gate.code.digest}, Node {gate.code.node.replace('v', '')}
          </span>
        )}
      </Fact>
      <Fact name="File (SHA-256)">
        <Digest of={page.modelDigest} />{' '}
        {canDownload ? (
          <a href={`${versionPath(page.model, page.version)}/model.onnx`}>download ONNX</a>
        ) : (
          <small class="dim">operators may download it</small>
        )}
      </Fact>
    </>
  );
}

function Data({ page }: OfPage) {
  return (
    <>
      <h3>Data</h3>
      {page.snapshots.length === 0 ? (
        <p class="empty">
          No snapshot is recorded{page.origin === 'imported' ? ': the model was trained elsewhere' : ''}.
        </p>
      ) : (
        <ul>
          {page.snapshots.map((snapshot) => (
            <li>
              <Digest of={snapshot.digest} href={`/snapshots/${snapshot.digest}`} /> {originOf(snapshot)}:{' '}
              {rows(snapshot.rows)}, {number(snapshot.quarantinedRows)} set aside, {time(snapshot.createdAt)}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function originOf({ kind, throughWindow }: VersionPage['snapshots'][number]): string {
  return kind === 'history' ? 'history' : `labelled traffic up to window ${throughWindow}`;
}

function Definition({ page }: OfPage) {
  return (
    <>
      <h3>Definition</h3>
      <p>
        Revision {page.specRevision} <Digest of={page.specDigest} />.{' '}
        {page.specChanges === null
          ? 'It is the first.'
          : page.specChanges.length === 0
            ? 'Nothing changed against the one before.'
            : `${many(page.specChanges.length, 'change')} against revision ${page.specRevision - 1}:`}
      </p>
      {page.specChanges === null || page.specChanges.length === 0 ? null : (
        <pre tabindex={0}>{page.specChanges.map(describeChange).join('\n')}</pre>
      )}
    </>
  );
}
