import type { RolloutPage } from '../../db/pages/rollout.ts';
import { Bars } from '../charts/bars.tsx';
import { Table, type Column } from '../table/table.tsx';
import { many, number, percent } from '../words/format.ts';

const countedOnce = 'Each entity counts once, with its first failure.';
const knownLater = 'Wrong decisions are known only where a label has arrived.';

/** Who met what with whom. */
export function Failures({ page }: { readonly page: RolloutPage }) {
  const { arms, isPartial } = page.failures;
  return (
    <section class="panel" id="failures">
      <h2>Entities and failures by arm</h2>
      {arms.length === 0 ? (
        <p class="empty">Nobody has been assigned yet: the canary has not begun.</p>
      ) : (
        <Table
          label="Failures by arm"
          caption={`${isPartial ? 'Over the first of many entities.' : countedOnce} ${knownLater}`}
          columns={columnsOf(page)}
          rows={arms}
        />
      )}
      {page.failures.mistakes.length === 0 ? null : <Mistakes page={page} />}
    </section>
  );
}

function Mistakes({ page }: { readonly page: RolloutPage }) {
  const { mistakes, mistakesSampled } = page.failures;
  return (
    <>
      <h3>What the wrong decisions were</h3>
      <p class="dim small">
        Over {many(mistakesSampled, 'entity', 'entities')} whose first failure was a wrong decision.
      </p>
      <Bars
        label="Wrong decisions"
        items={mistakes.map((mistake) => ({
          label: `${mistake.arm} said ${mistake.decision}, it was ${mistake.label}`,
          value: mistake.entities,
          text: many(mistake.entities, 'entity', 'entities'),
        }))}
      />
    </>
  );
}

type Arm = RolloutPage['failures']['arms'][number];

function columnsOf(page: RolloutPage): readonly Column<Arm>[] {
  return [
    { head: 'arm', cell: ({ arm }) => `${arm} ${armVersion(page, arm)}`, isHeading: true },
    { head: 'entities', cell: (arm) => number(arm.entities), isNumber: true },
    { head: 'failed', cell: (arm) => number(arm.failed), isNumber: true },
    { head: 'share', cell: (arm) => percent(arm.entities === 0 ? null : arm.failed / arm.entities), isNumber: true },
    { head: 'wrong', cell: (arm) => number(arm.wrong), isNumber: true },
    { head: 'no answer', cell: (arm) => number(arm.errors), isNumber: true },
    { head: 'slow', cell: (arm) => number(arm.slow), isNumber: true },
  ];
}

function armVersion(page: RolloutPage, arm: string): string {
  if (arm === 'challenger') return `(v${page.key.version})`;
  return arm === 'champion' && page.row.baseVersion !== null ? `(v${page.row.baseVersion})` : '';
}
