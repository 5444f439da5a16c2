import { kindOf } from '../../domain/features/kind-of.ts';
import type { ComparisonShown } from '../../commands/pages/runs.ts';
import type { RunSide } from '../../db/pages/compare.ts';
import { describeChange, diffSpecs } from '../../domain/spec/diff-spec.ts';
import { directionOf, metricNames, titleOf } from '../../domain/metrics/metrics.ts';
import type { MetricName } from '../../domain/metrics/registry.ts';
import { duration, many, modelPath, number, percent, rows, runPath, time, versionPath } from '../format.ts';
import { Layout } from '../layout.tsx';
import type { PageCall } from '../secured-page.tsx';
import { unitOf } from '../quality.ts';
import { columnMoves, missingShare } from './differences.ts';
import { Digest, State } from './state.tsx';

const movesShownMax = 60;
const slicesShownMax = 60;
const changesShownMax = 200;

/** Two runs side by side: data, definition, code, parameters, quality, slices, time, and what moved. */
export function Comparison({ call, shown }: { readonly call: PageCall; readonly shown: ComparisonShown }) {
  const { a, b } = shown;
  return (
    <Layout
      call={call}
      title="Compare two runs"
      section="runs"
      crumbs={[{ text: 'Runs', href: '/runs' }, { text: 'compare' }]}
    >
      <h1>
        <a href={runPath(a.run.runId)}>{a.run.runId}</a> against <a href={runPath(b.run.runId)}>{b.run.runId}</a>
      </h1>
      <p>
        {a.run.model === b.run.model ? (
          <>
            Both of <a href={modelPath(b.run.model)}>{b.run.model}</a>. A is on the left.{' '}
            <a href={`/runs/compare?a=${encodeURIComponent(b.run.runId)}&b=${encodeURIComponent(a.run.runId)}`}>
              Swap them
            </a>
            .
          </>
        ) : (
          'They are of two models: their qualities do not compare.'
        )}
      </p>
      <Overview shown={shown} />
      <Quality shown={shown} />
      <SliceTable a={a} b={b} />
      <Moved a={a} b={b} />
      <Definition a={a} b={b} />
    </Layout>
  );
}

interface Line {
  readonly name: string;
  readonly a: unknown;
  readonly b: unknown;
  readonly isSame: boolean;
}

function line(name: string, a: string, b: string): Line {
  return { name, a, b, isSame: a === b };
}

function Overview({ shown }: { readonly shown: ComparisonShown }) {
  const { a, b, links } = shown;
  const took = (side: RunSide) =>
    side.run.endedAt === null ? 'not ended' : duration(side.run.endedAt.getTime() - side.run.startedAt.getTime());
  const lines: Line[] = [
    {
      name: 'State',
      a: <State of={a.run.status} />,
      b: <State of={b.run.status} />,
      isSame: a.run.status === b.run.status,
    },
    line('Started by', a.run.trigger ?? '—', b.run.trigger ?? '—'),
    { name: 'Started', a: time(a.run.startedAt), b: time(b.run.startedAt), isSame: false },
    line('Took', took(a), took(b)),
    { name: 'Version', a: versionCell(a), b: versionCell(b), isSame: false },
    {
      name: 'Data',
      a: dataCell(a),
      b: dataCell(b),
      isSame: a.snapshots.map((one) => one.digest).join() === b.snapshots.map((one) => one.digest).join(),
    },
    line('Labelled rows', number(a.version?.labelledRows), number(b.version?.labelledRows)),
    line('Traffic used', throughOf(a), throughOf(b)),
    line(
      'Spec revision',
      a.spec === null ? '—' : `${a.spec.revision} (${a.spec.digest.slice(0, 8)})`,
      b.spec === null ? '—' : `${b.spec.revision} (${b.spec.digest.slice(0, 8)})`,
    ),
    line('Training code', codeOf(a), codeOf(b)),
    ...parameters(a, b),
    {
      name: 'File',
      a: fileCell(a),
      b: fileCell(b),
      isSame: a.version !== null && a.version.modelDigest === b.version?.modelDigest,
    },
    {
      name: 'Temporal',
      a: <a href={links.a}>open A in Temporal</a>,
      b: <a href={links.b}>open B in Temporal</a>,
      isSame: false,
    },
  ];
  return (
    <section class="panel" id="overview">
      <h2>Data, code, parameters, time</h2>
      <div class="scroll" tabindex={0} role="group" aria-label="Overview">
        <table>
          <thead>
            <tr>
              <th>what</th>
              <th>A</th>
              <th>B</th>
              <th>differs?</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((row) => (
              <tr>
                <th scope="row">{row.name}</th>
                <td>{row.a}</td>
                <td>{row.b}</td>
                <td>{row.isSame ? <span class="dim">the same</span> : null}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function versionCell(side: RunSide) {
  if (side.version === null) return '—';
  return (
    <>
      <a href={versionPath(side.run.model, side.version.version)}>v{side.version.version}</a>{' '}
      <State of={side.version.status} />
    </>
  );
}

function dataCell(side: RunSide) {
  if (side.snapshots.length === 0) return '—';
  return side.snapshots.map((snapshot) => (
    <div>
      <Digest of={snapshot.digest} href={`/snapshots/${snapshot.digest}`} /> {rows(snapshot.rows)},{' '}
      {number(snapshot.quarantinedRows)} set aside
    </div>
  ));
}

function fileCell(side: RunSide) {
  return side.version === null ? '—' : <Digest of={side.version.modelDigest} />;
}

function throughOf({ version }: RunSide): string {
  return version === null ? '—' : version.throughWindow === null ? 'none' : `up to window ${version.throughWindow}`;
}

function codeOf({ gate }: RunSide): string {
  return gate?.code == null
    ? 'not recorded'
    : `${gate.code.digest}, Node ${gate.code.node.replace('v', '')}, ${gate.code.platform}`;
}

/** The trainer's settings that differ, and what the training chose by itself. */
function parameters(a: RunSide, b: RunSide): Line[] {
  const settings = (side: RunSide): Readonly<Record<string, unknown>> => ({ ...side.spec?.spec.trainer });
  const [ofA, ofB] = [settings(a), settings(b)];
  const names = [...new Set([...Object.keys(ofA), ...Object.keys(ofB)])];
  const text = (value: unknown) =>
    value === undefined ? '—' : typeof value === 'string' ? value : JSON.stringify(value);
  const settingLines = names.map((name) => line(`trainer.${name}`, text(ofA[name]), text(ofB[name])));
  const same = settingLines.filter((one) => one.isSame).length;
  return [
    ...settingLines.filter((one) => !one.isSame),
    ...(same === 0 ? [] : [line('Settings of the trainer', many(same, 'setting'), many(same, 'setting'))]),
    line('Trees kept', number(a.report?.release?.trees), number(b.report?.release?.trees)),
    line('History used', percent(a.report?.historyShare), percent(b.report?.historyShare)),
    line('Decides from', number(a.version?.threshold), number(b.version?.threshold)),
  ];
}

function Quality({ shown }: { readonly shown: ComparisonShown }) {
  const { a, b, known } = shown;
  const ofA = a.report?.candidate?.testMetrics;
  const ofB = b.report?.candidate?.testMetrics;
  const currency = b.spec?.spec.value?.currency ?? null;
  const target = b.spec?.spec.target.column ?? '';
  const compared =
    b.gate?.champion != null && b.gate.champion === a.version?.version
      ? b.gate.checks.filter((check) => check.gate.gate === 'noWorseThanChampion')
      : [];
  return (
    <section class="panel" id="quality">
      <h2>Quality</h2>
      {ofA === undefined || ofB === undefined ? (
        <p class="empty">At least one of them made no version with a test, so there is nothing to set side by side.</p>
      ) : (
        <>
          <p class="dim small">
            Each on its own test: A on {rows(ofA.rows)}, B on {rows(ofB.rows)}, all labelled. They are different rows of
            different times, so a difference here is not yet a difference of the models.
          </p>
          <div class="scroll" tabindex={0} role="group" aria-label="Metrics">
            <table>
              <thead>
                <tr>
                  <th>metric</th>
                  <th class="num">A</th>
                  <th class="num">B</th>
                  <th>B is</th>
                </tr>
              </thead>
              <tbody>
                {metricNames().flatMap((name) =>
                  ofA[name] === undefined && ofB[name] === undefined
                    ? []
                    : [
                        <MetricRow
                          name={name}
                          a={ofA[name]}
                          b={ofB[name]}
                          unit={unitOf(name, currency, target)}
                          sides={shown}
                        />,
                      ],
                )}
              </tbody>
            </table>
          </div>
        </>
      )}
      <h3>On the same rows</h3>
      {compared.length === 0 && known.length === 0 ? (
        <p class="empty">
          These two were never compared on the same rows: neither was champion when the other was judged.
        </p>
      ) : null}
      <ul>
        {compared.map((check) => (
          <li>
            <State of={check.verdict} /> {check.text}
          </li>
        ))}
        {known.map((one) => (
          <li>
            {one.text}{' '}
            <small class="dim">
              {one.kind === 'guard' ? 'by the guard after promotion' : 'in the rollout'}, {time(one.at)}
            </small>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface MetricRowProps {
  readonly name: MetricName;
  readonly a: number | undefined;
  readonly b: number | undefined;
  readonly unit: string;
  readonly sides: ComparisonShown;
}

function MetricRow({ name, a, b, unit, sides }: MetricRowProps) {
  const interval = (side: RunSide) => {
    const found = side.gate?.intervals[name];
    return found === undefined ? '' : ` (${number(found.lower)} to ${number(found.upper)})`;
  };
  const difference = a === undefined || b === undefined ? null : directionOf(name) * (b - a);
  return (
    <tr>
      <th scope="row">{titleOf(name)}</th>
      <td class="num">
        {number(a, unit)}
        <small class="dim">{interval(sides.a)}</small>
      </td>
      <td class="num">
        {number(b, unit)}
        <small class="dim">{interval(sides.b)}</small>
      </td>
      <td>
        {difference === null
          ? '—'
          : difference === 0
            ? 'equal'
            : `${number(Math.abs(difference))} ${difference > 0 ? 'better' : 'worse'}`}
      </td>
    </tr>
  );
}

function SliceTable({ a, b }: { readonly a: RunSide; readonly b: RunSide }) {
  const ofA = new Map((a.report?.slices ?? []).map((slice) => [`${slice.column} = ${slice.slice}`, slice.metrics]));
  const ofB = new Map((b.report?.slices ?? []).map((slice) => [`${slice.column} = ${slice.slice}`, slice.metrics]));
  const names = [...new Set([...ofB.keys(), ...ofA.keys()])].slice(0, slicesShownMax);
  const metric = metricNames().find((name) =>
    [...ofA.values(), ...ofB.values()].some((metrics) => metrics[name] !== undefined),
  );
  if (names.length === 0 || metric === undefined) return null;
  return (
    <section class="panel" id="slices">
      <h2>Slices</h2>
      <div class="scroll" tabindex={0} role="group" aria-label="Slices">
        <table data-sort>
          <caption>{titleOf(metric)} by slice of each test; fewer than 30 rows are not judged.</caption>
          <thead>
            <tr>
              <th>slice</th>
              <th class="num">A</th>
              <th class="num">rows</th>
              <th class="num">B</th>
              <th class="num">rows</th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr>
                <th scope="row">{name}</th>
                <td class="num">{number(ofA.get(name)?.[metric])}</td>
                <td class="num">{number(ofA.get(name)?.rows)}</td>
                <td class="num">{number(ofB.get(name)?.[metric])}</td>
                <td class="num">{number(ofB.get(name)?.rows)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Moved({ a, b }: { readonly a: RunSide; readonly b: RunSide }) {
  const latestA = a.snapshots.at(-1);
  const latestB = b.snapshots.at(-1);
  if (latestA === undefined || latestB === undefined) return null;
  // Time moves by itself, and whom rows are about is not for a page.
  const leftOut = new Set(
    [a, b].flatMap((side) => [
      side.spec?.spec.eventTime?.column,
      side.spec?.spec.entity?.column,
      ...(side.spec?.spec.features ?? []).flatMap((feature) => (kindOf(feature.kind).canDrift ? [] : [feature.name])),
    ]),
  );
  const moves =
    latestA.digest === latestB.digest
      ? []
      : columnMoves(latestA.profile, latestB.profile).filter((move) => !leftOut.has(move.name));
  const digestA = <Digest of={latestA.digest} href={`/snapshots/${latestA.digest}`} />;
  const digestB = <Digest of={latestB.digest} href={`/snapshots/${latestB.digest}`} />;
  return (
    <section class="panel" id="moved">
      <h2>What moved in the data</h2>
      <p class="dim small">
        Between the youngest snapshots of the two, {digestA} ({rows(latestA.rows)}) and {digestB} ({rows(latestB.rows)}
        ); most first.
      </p>
      {moves.length === 0 ? (
        <p>
          {latestA.digest === latestB.digest
            ? 'It is the same snapshot.'
            : 'No column moved by more than 1 % of its range.'}
        </p>
      ) : (
        <div class="scroll" tabindex={0} role="group" aria-label="Columns that moved">
          <table data-sort>
            <thead>
              <tr>
                <th>column</th>
                <th>what</th>
                <th class="num">by</th>
                <th class="num">mean A</th>
                <th class="num">mean B</th>
                <th class="num">missing A</th>
                <th class="num">missing B</th>
                <th>most frequent A</th>
                <th>most frequent B</th>
              </tr>
            </thead>
            <tbody>
              {moves.slice(0, movesShownMax).map((move) => (
                <tr>
                  <th scope="row">{move.name}</th>
                  <td>{move.what}</td>
                  <td class="num">{percent(move.size)}</td>
                  <td class="num">{number(move.before?.mean)}</td>
                  <td class="num">{number(move.after?.mean)}</td>
                  <td class="num">{move.before === null ? '—' : percent(missingShare(move.before))}</td>
                  <td class="num">{move.after === null ? '—' : percent(missingShare(move.after))}</td>
                  <td>{topOf(move.before)}</td>
                  <td>{topOf(move.after)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function topOf(
  column: { readonly rows: number; readonly top?: readonly { readonly value: string; readonly rows: number }[] } | null,
): string {
  if (column?.top === undefined || column.rows === 0) return '—';
  return column.top
    .slice(0, 3)
    .map((entry) => `${entry.value} ${percent(entry.rows / column.rows)}`)
    .join(', ');
}

function Definition({ a, b }: { readonly a: RunSide; readonly b: RunSide }) {
  if (a.spec === null || b.spec === null) return null;
  const changes = a.spec.digest === b.spec.digest ? [] : diffSpecs(a.spec.spec, b.spec.spec);
  return (
    <section class="panel" id="definition">
      <h2>Definition</h2>
      <p>
        {changes.length === 0
          ? 'Both were made from the same definition.'
          : `${many(changes.length, 'change')} from revision ${a.spec.revision} (A) to revision ${b.spec.revision} ` +
            `(B):`}
      </p>
      {changes.length === 0 ? null : (
        <pre tabindex={0}>{changes.slice(0, changesShownMax).map(describeChange).join('\n')}</pre>
      )}
    </section>
  );
}
