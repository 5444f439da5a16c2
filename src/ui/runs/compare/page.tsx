import type { ComparisonShown } from '../../../commands/pages/runs.ts';
import { Layout } from '../../frame/layout.tsx';
import type { PageCall } from '../../frame/page-call.ts';
import { modelPath, runPath } from '../../words/format.ts';
import { Definition } from './definition.tsx';
import { Moved } from './moved.tsx';
import { Overview } from './overview.tsx';
import { Qualities } from './qualities.tsx';
import { Slices } from './slices.tsx';

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
      <Qualities shown={shown} />
      <Slices a={a} b={b} />
      <Moved a={a} b={b} />
      <Definition a={a} b={b} />
    </Layout>
  );
}
