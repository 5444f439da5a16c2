import type { CorrectionView } from '../../contracts/http/corrections.ts';
import { number, time } from '../words/format.ts';
import { Digest } from '../words/state.tsx';
import { Table } from '../table/table.tsx';

export interface CorrectionTableProps {
  readonly model: string;
  /** The digest that answers. */
  readonly now: string;
  readonly corrections: readonly CorrectionView[];
}

/** What each window found of it and what people said, newest first. */
export function CorrectionTable({ model, now, corrections }: CorrectionTableProps) {
  return (
    <details class="fold">
      <summary>Every correction</summary>
      <Table
        label="Corrections"
        rows={corrections}
        empty="None has been judged."
        caption={`The latest of it; \`perennial correction list ${model}\` has all.`}
        columns={[
          { head: 'When', cell: ({ at }) => time(at) },
          {
            head: 'Window',
            cell: ({ window }) => (window === null ? 'a person' : String(window)),
            href: ({ evidenceId }) => `/audit/evidence?id=${evidenceId}`,
          },
          { head: 'Verdict', cell: sayVerdict },
          { head: 'Correction', cell: ({ digest }) => <NowOrThen digest={digest} now={now} /> },
          { head: 'Rows', cell: ({ rows }) => number(rows), isNumber: true },
          { head: 'Gain', cell: ({ gain }) => number(gain?.estimate), isNumber: true },
          { head: 'At least', cell: ({ gain }) => number(gain?.lower), isNumber: true },
          { head: 'By', cell: ({ by }) => by },
          { head: 'Why', cell: ({ text }) => text, width: 'wide' },
        ]}
      />
    </details>
  );
}

function NowOrThen({ digest, now }: { readonly digest: string | null; readonly now: string }) {
  const name = digest === null || digest === 'identity' ? (digest ?? '—') : <Digest of={digest} />;
  return (
    <>
      {name} {digest === now ? <b>answers now</b> : null}
    </>
  );
}

function sayVerdict({ verdict, judged }: CorrectionView): string {
  return verdict === judged ? verdict : `${verdict} (would be ${judged})`;
}
