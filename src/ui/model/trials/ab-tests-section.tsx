import { cut } from '../../../domain/words/cut.ts';
import { Table, type Column } from '../../table/table.tsx';
import { abTestPath, time } from '../../words/format.ts';
import { State } from '../../words/state.tsx';
import type { SectionProps } from '../section.ts';

const textCharsMax = 160;

/** A/B tests, latest first, each with what is known of it. */
export function AbTestsSection({ name, view }: SectionProps) {
  return (
    <section class="panel" id="ab-tests" aria-labelledby="ab-tests-title">
      <h2 id="ab-tests-title">A/B tests</h2>
      <Table
        label="A/B tests"
        columns={columnsOf(name)}
        rows={view.abTests}
        empty={`None yet. \`perennial ab-test start ${name}\` begins one; it promotes nothing.`}
      />
    </section>
  );
}

type AbTest = SectionProps['view']['abTests'][number];

function columnsOf(name: string): readonly Column<AbTest>[] {
  return [
    { head: 'test', cell: ({ number }) => `A/B test ${number}`, href: ({ number }) => abTestPath(name, number) },
    { head: 'state', cell: ({ status, ending }) => <State of={ending ?? status} /> },
    { head: 'arms', cell: ({ arms }) => arms.map(({ version }) => `v${version}`).join(', ') },
    { head: 'metric', cell: ({ declared }) => declared.metric },
    { head: 'what is known', cell: ({ text }) => cut(text, textCharsMax), width: 'wide' },
    { head: 'since', cell: ({ startedAt }) => time(new Date(startedAt)) },
  ];
}
