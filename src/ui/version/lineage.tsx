import type { VersionPage } from '../../db/pages/version.ts';
import { kindOf } from '../../domain/features/kind-of.ts';
import type { FeatureKind, FeatureOf, FeatureSpec } from '../../domain/spec/spec.ts';
import { describeChange } from '../../domain/spec/diff-spec.ts';
import { duration, many, number, percent, rolloutPath, rows, runPath, time, versionPath } from '../format.ts';
import { Digest, Fact, State } from '../runs/state.tsx';
import { instant } from '../snapshot/instant.ts';

const inputsShownMax = 200;

export interface LineageProps {
  readonly page: VersionPage;
  /** Web UI of the run. */
  readonly runLink: string;
  readonly canDownload: boolean;
}

/** Where it comes from: data, definition, run, code, and the file itself. */
export function Lineage({ page, runLink, canDownload }: LineageProps) {
  const { run, gate, report } = page;
  return (
    <section class="panel" id="lineage">
      <h2>Where it comes from</h2>
      <dl class="facts">
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
        <Fact name="Traffic used">{page.throughWindow === null ? 'none' : `up to window ${page.throughWindow}`}</Fact>
        <Fact name="Trainer">
          {report.release === undefined
            ? page.origin === 'imported'
              ? 'elsewhere'
              : '—'
            : `${report.release.family}${report.release.trees > 0 ? `, ${many(report.release.trees, 'tree')}` : ''}`}
        </Fact>
        <Fact name="History used">{percent(report.historyShare)}</Fact>
        <Fact name="Decides from">{page.threshold === null ? 'the most probable' : number(page.threshold)}</Fact>
        <Fact name="ONNX against trainer">
          {report.parity === undefined
            ? '—'
            : `${number(report.parity.maxAbsoluteDifference)} at most over ${rows(report.parity.rows)}`}
        </Fact>
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
      </dl>
      <h3>Data</h3>
      {page.snapshots.length === 0 ? (
        <p class="empty">
          No snapshot is recorded{page.origin === 'imported' ? ': the model was trained elsewhere' : ''}.
        </p>
      ) : (
        <ul>
          {page.snapshots.map((snapshot) => (
            <li>
              <Digest of={snapshot.digest} href={`/snapshots/${snapshot.digest}`} />{' '}
              {snapshot.kind === 'history' ? 'history' : `labelled traffic up to window ` + `${snapshot.throughWindow}`}
              : {rows(snapshot.rows)}, {number(snapshot.quarantinedRows)} set aside, {time(snapshot.createdAt)}
            </li>
          ))}
        </ul>
      )}
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
    </section>
  );
}

/** How the answers of this version are corrected between trainings. */
export function CorrectionPanel({ page }: { readonly page: VersionPage }) {
  const now = page.serving?.correction ?? page.startCorrection;
  return (
    <section class="panel" id="correction">
      <h2>Correction</h2>
      <p>
        {now === 'identity'
          ? 'Its answers are given as the model gives them.'
          : 'Its answers are recalibrated on labels that have arrived since.'}{' '}
        {now === 'identity' ? null : <Digest of={now} />}
      </p>
      {page.corrected === null ? null : (
        <p class="small">
          {page.corrected.text}{' '}
          {page.corrected.slope === null
            ? ''
            : `Slope ${number(page.corrected.slope)}, shift ` +
              `${page.corrected.intercepts.map((shift) => number(shift)).join(', ')}. `}
          <span class="dim">{time(page.corrected.at)}</span>
        </p>
      )}
    </section>
  );
}

/** The values that it has seen; what lies outside, it has not learnt. */
export function Inputs({ page }: { readonly page: VersionPage }) {
  const seen = new Map(page.inputs.map((column) => [column.name, column]));
  const { features } = page.spec;
  return (
    <section class="panel" id="inputs">
      <h2>Inputs</h2>
      <p class="dim small">
        {page.inputs.length === 0
          ? 'As declared; what was in the data is not recorded.'
          : `As declared, and as seen in the largest of its snapshots (${rows(page.inputs[0]?.rows ?? 0)}).`}
      </p>
      <div class="scroll" tabindex={0} role="group" aria-label="Inputs">
        <table data-sort>
          <thead>
            <tr>
              <th>input</th>
              <th>declared</th>
              <th>seen</th>
              <th class="num">mean</th>
              <th class="num">missing</th>
            </tr>
          </thead>
          <tbody>
            {features.slice(0, inputsShownMax).map((feature) => {
              const column = seen.get(feature.name);
              // Whom rows are about is nobody's business on a page about a model.
              const isEntity = page.spec.entity?.column === feature.name;
              return (
                <tr>
                  <th scope="row">{feature.name}</th>
                  <td>
                    {feature.kind}, {wordsOf(feature.kind).declared(feature)}
                  </td>
                  <td class="wide">
                    {column === undefined
                      ? '—'
                      : isEntity
                        ? `${many(column.distinct, 'distinct value')}, not shown`
                        : wordsOf(feature.kind).seen(column)}
                  </td>
                  <td class="num">{kindOf(feature.kind).isQuantity ? number(column?.mean) : '—'}</td>
                  <td class="num">
                    {column === undefined || column.rows === 0 ? '—' : percent(column.missing / column.rows)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {features.length > inputsShownMax ? (
        <p class="small dim">{features.length - inputsShownMax} more are in the definition.</p>
      ) : null}
    </section>
  );
}

type SeenColumn = VersionPage['inputs'][number];

/** What a kind says of its values. Methods, so that the words of one kind stand for any. */
interface InputWords<Feature extends FeatureSpec = FeatureSpec> {
  declared(feature: Feature): string;
  seen(column: SeenColumn): string;
}

const inputWords: { readonly [Kind in FeatureKind]: InputWords<FeatureOf<Kind>> } = {
  number: {
    declared({ min, max }) {
      if (min !== undefined && max !== undefined) return `${number(min)} to ${number(max)}`;
      if (min !== undefined) return `from ${number(min)}`;
      return max !== undefined ? `up to ${number(max)}` : 'any';
    },
    seen: seenValues,
  },
  category: {
    declared: ({ values }) => (values === undefined ? 'any text' : many(values.length, 'value')),
    seen: seenValues,
  },
  boolean: { declared: () => 'true, false', seen: (column) => `true in ${percent(column.mean)}` },
  time: {
    declared: () => 'an instant',
    seen: (column) =>
      column.min !== undefined && column.max !== undefined
        ? `${instant(column.min)} to ${instant(column.max)}`
        : seenValues(column),
  },
};

function wordsOf(kind: FeatureKind): InputWords {
  return inputWords[kind];
}

function seenValues(column: SeenColumn): string {
  if (column.top !== undefined)
    return column.top
      .map((entry) => `${entry.value} (${percent(column.rows === 0 ? 0 : entry.rows / column.rows)})`)
      .join(', ');
  return column.min === undefined || column.max === undefined ? '—' : `${number(column.min)} to ${number(column.max)}`;
}

/** When it was champion, and its rollouts. */
export function Career({ page }: { readonly page: VersionPage }) {
  return (
    <section class="panel" id="career">
      <h2>Its time as champion</h2>
      {page.moves.length === 0 ? (
        <p class="empty">It has never been champion.</p>
      ) : (
        <ul class="timeline">
          {page.moves.map((move, i) => (
            <li class={i === 0 && move.toVersion === page.version ? 'now' : undefined}>
              {move.toVersion === page.version
                ? 'Became champion'
                : move.toVersion === null
                  ? 'Was taken out'
                  : `Followed by v${move.toVersion}`}{' '}
              {time(move.at)}, by {move.actor}: {move.why}{' '}
              {move.evidenceId === null ? null : (
                <a href={`/audit/evidence?id=${move.evidenceId}`}>evidence {move.evidenceId}</a>
              )}
            </li>
          ))}
        </ul>
      )}
      {page.rollouts.length === 0 ? null : (
        <>
          <h3>Rollouts</h3>
          <ul>
            {page.rollouts.map((row) => (
              <li>
                <a href={rolloutPath(page.model, page.version, row.attempt)}>Attempt {row.attempt}</a>{' '}
                <State of={row.status} /> {time(row.startedAt)} {row.reason ?? ''}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
