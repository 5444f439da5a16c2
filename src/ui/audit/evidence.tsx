import type { EvidenceLine } from '../../db/pages/audit.ts';
import { cut } from '../../domain/words/cut.ts';
import { modelPath, number, time } from '../words/format.ts';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { Fact } from '../words/state.tsx';

/** Longer documents are cut: a page is for reading, and the API has the whole. */
const bodyCharactersMax = 60_000;

const kinds: Readonly<Record<string, string>> = {
  contract: 'the check of data against its contract',
  gate: 'the gate of a version',
  look: 'a look at a canary',
  promotion: 'the comparison that a promotion rests on',
  window: 'the verdict on a window',
  retrain: 'a retrain decision',
  guard: 'the comparison after a promotion',
  preflight: 'the forecast of a rollout',
  correction: 'the fit of a correction',
};

/** The numbers behind one verdict, as they were stored when it fell. */
export function EvidenceView({ call, line }: { readonly call: PageCall; readonly line: EvidenceLine }) {
  const { holdOutLosses, ...rest } = line.body;
  const text = typeof line.body['text'] === 'string' ? line.body['text'] : null;
  return (
    <Layout
      call={call}
      title={`Evidence ${line.evidenceId}`}
      section="audit"
      crumbs={[{ text: 'Audit', href: '/audit' }, { text: `evidence ${line.evidenceId}` }]}
    >
      <h1>Evidence {line.evidenceId}</h1>
      {text === null ? null : <p>{text}</p>}
      <section class="panel">
        <dl class="facts">
          <Fact name="Is">{kinds[line.kind] ?? line.kind}</Fact>
          <Fact name="Of">
            <a href={modelPath(line.model)}>{line.model}</a>
          </Fact>
          <Fact name="About">{line.subject}</Fact>
          <Fact name="Verdict">{line.verdict}</Fact>
          <Fact name="Stored">{time(line.at)}</Fact>
          {Array.isArray(holdOutLosses) ? (
            <Fact name="Row losses kept">{number(holdOutLosses.length)}, not shown</Fact>
          ) : null}
        </dl>
        <pre tabindex={0}>{cut(JSON.stringify(rest, null, 2), bodyCharactersMax)}</pre>
      </section>
    </Layout>
  );
}
