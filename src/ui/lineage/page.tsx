import { formatLineageName, type Lineage } from '../../domain/record/lineage/lineage.ts';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { Table } from '../table/table.tsx';
import { lineagePath, modelPath, time } from '../words/format.ts';
import { Drawing } from './drawing.tsx';
import { layOut } from './layout.ts';
import { thingPath } from './thing-path.ts';

/** A feature view has no page of its own: it stands there by its name alone. */
function crumbOf({ model, isOfView }: Lineage): { readonly text: string; readonly href?: string } {
  return isOfView ? { text: model } : { text: model, href: modelPath(model) };
}

/** Where one thing of a model came from, and what came of it. */
export function LineagePage({ call, found }: { readonly call: PageCall; readonly found: Lineage }) {
  const { model, of, nodes } = found;
  const name = formatLineageName(of);
  return (
    <Layout
      call={call}
      title={`Lineage of ${name}`}
      section="home"
      crumbs={[{ text: 'Models', href: '/' }, crumbOf(found), { text: 'Lineage' }]}
    >
      <h1>Lineage of {nodes[0]?.text ?? name}</h1>
      {found.isCut ? <p class="dim">There is more than one page holds: ask about one of the last things.</p> : null}
      <section class="panel" id="drawing">
        <h2>What came of what</h2>
        <Drawing found={found} drawn={layOut(found)} />
      </section>
      <section class="panel" id="things">
        <h2>All things</h2>
        <Table
          label="All things"
          rows={nodes}
          columns={[
            {
              head: 'what',
              isHeading: true,
              width: 'name',
              cell: ({ kind }) => kind,
              href: (node) => lineagePath(model, node),
            },
            {
              head: 'said of it',
              width: 'wide',
              cell: (node) => {
                const page = thingPath(found, node);
                return page === null ? node.text : <a href={page}>{node.text}</a>;
              },
            },
            { head: 'when', cell: ({ at }) => (at === null ? '—' : time(new Date(at))) },
            { head: 'steps away', isNumber: true, cell: ({ distance }) => distance },
          ]}
        />
      </section>
    </Layout>
  );
}
