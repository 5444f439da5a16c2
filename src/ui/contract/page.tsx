import type { ContractShown, StruckRule } from '../../commands/pages/contract.ts';
import { contractColumns } from '../../domain/contract/contract-columns.ts';
import type { RuleSeverity } from '../../domain/spec/closed-sets.ts';
import { readingIn } from '../../domain/spec/columns/declared-reading.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import { listNames } from '../../domain/words/nearest-name.ts';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { Table, type Column } from '../table/table.tsx';
import { many, modelPath, number, percent, time } from '../words/format.ts';

interface ColumnLine {
  readonly name: string;
  readonly kind: string;
  readonly roles: string;
  readonly written: string;
  readonly about: string;
}

const columnHeads: readonly Column<ColumnLine>[] = [
  { head: 'column', cell: ({ name }) => <code>{name}</code>, isHeading: true, width: 'name' },
  { head: 'is read as', cell: ({ kind }) => kind },
  { head: 'is', cell: ({ roles }) => roles },
  { head: 'written', cell: ({ written }) => written },
  { head: 'about', cell: ({ about }) => about, width: 'wide' },
];

const consequences: Record<RuleSeverity, string> = {
  warn: 'a warning',
  quarantine: 'the row is set aside',
  reject: 'the batch is refused',
};

const ruleHeads: readonly Column<StruckRule>[] = [
  { head: 'rule', cell: ({ id }) => <code>{id}</code>, isHeading: true, width: 'name' },
  { head: 'asks', cell: ({ about }) => about, width: 'wide' },
  { head: 'otherwise', cell: ({ severity }) => consequences[severity] },
  { head: 'broken lately', cell: ({ rows }) => number(rows), isNumber: true, sortKey: ({ rows }) => String(rows) },
  {
    head: 'last',
    cell: ({ last }) => (last === null ? 'never' : <a href={`/snapshots/${last.digest}`}>{time(last.createdAt)}</a>),
  },
];

/** Every column, every rule in words, and how often each was broken in the newest snapshots. */
export function ContractView({ call, shown }: { readonly call: PageCall; readonly shown: ContractShown }) {
  const { model, revision, spec, rules, rulesLeft, snapshots, rows, pinned } = shown;
  const lines = linesOf(spec);
  const hidden = lines.length - shown.columnsShown;
  return (
    <Layout
      call={call}
      title={`Contract of ${model}`}
      section="home"
      crumbs={[{ text: 'Models', href: '/' }, { text: model, href: modelPath(model) }, { text: 'contract' }]}
    >
      <h1>Contract of {model}</h1>
      <p>
        What rows may look like, as revision {revision} of the definition says. Above{' '}
        {percent(spec.contract.quarantineShareMax)} of rows set aside a whole batch is refused.
        {pinned === 0 ? '' : ` ${many(pinned, 'more feature')} from views: no row brings them.`}
      </p>
      <section class="panel" id="columns" aria-labelledby="columns-title">
        <h2 id="columns-title">Columns</h2>
        <Table label="Columns" columns={columnHeads} rows={lines.slice(0, shown.columnsShown)} />
        {hidden > 0 ? (
          <p class="dim small">{many(hidden, 'more column')}, which a document of the contract has.</p>
        ) : null}
      </section>
      <section class="panel" id="rules" aria-labelledby="rules-title">
        <h2 id="rules-title">Rules</h2>
        <p class="dim small">
          {snapshots === 0
            ? 'No rows were checked yet.'
            : `Broken by so many of the ${number(rows)} rows of the newest ${many(snapshots, 'snapshot')}. ` +
              'A batch that was refused as a whole is no snapshot: its run says why.'}
        </p>
        <Table label="Rules" columns={ruleHeads} rows={rules} isSortable />
        {rulesLeft > 0 ? <p class="dim small">{many(rulesLeft, 'more rule')} that nothing broke lately.</p> : null}
        <p class="dim small">
          As a document of the Open Data Contract Standard: <code>perennial contract export {model}</code>
        </p>
      </section>
    </Layout>
  );
}

function linesOf(spec: RowsSpec): readonly ColumnLine[] {
  return contractColumns(spec).map(({ name, role, declared }) => {
    const feature = spec.features.find((candidate) => candidate.name === name);
    const { dateOrder, timeZone, epochUnit } = readingIn(
      feature ?? (spec.eventTime?.column === name ? spec.eventTime : {}),
    );
    const roles = [
      ...(feature === undefined ? [] : ['a feature']),
      ...(spec.target?.column === name ? ['the target'] : []),
      ...(spec.entity?.column === name ? ['the entity'] : []),
      ...(spec.eventTime?.column === name ? ['the event time'] : []),
    ];
    const isOptional = feature !== undefined && feature.missing === 'allow';
    return {
      name,
      kind: role === 'key' ? 'text' : role,
      roles: `${roles.join(', ')}${isOptional ? '; may be missing' : ''}`,
      written: [dateOrder, timeZone, epochUnit].filter((word) => word !== undefined).join(', '),
      about: [feature?.about, declared.words.length === 0 ? undefined : `One of ${listNames(declared.words)}.`]
        .filter((words) => words !== undefined)
        .join(' '),
    };
  });
}
