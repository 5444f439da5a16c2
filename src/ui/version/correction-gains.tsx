import type { CorrectionView } from '../../contracts/http/corrections.ts';
import { LineChart } from '../charts/line-chart.tsx';

/** What correcting gained, fit by fit, with what is proven of it. */
export function CorrectionGains({ corrections }: { readonly corrections: readonly CorrectionView[] }) {
  const fits = corrections.filter(({ window }) => window !== null).toReversed();
  if (!fits.some(({ gain }) => gain !== null)) return null;
  const line = (name: string, of: (row: CorrectionView) => number | undefined, isDashed = false) => ({
    name,
    isDashed,
    points: fits.map((row, x) => ({ x, y: of(row) ?? null })),
  });
  const looked = fits.some(({ wouldHaveGained }) => wouldHaveGained !== null)
    ? [line('would have gained, on rows after their fit', (row) => row.wouldHaveGained?.estimate)]
    : [];
  return (
    <LineChart
      label="Mean loss that correcting saves on rows outside of its fits"
      series={[
        line('gain', ({ gain }) => gain?.estimate),
        line('at least (proven)', ({ gain }) => gain?.lower, true),
        ...looked,
      ]}
      threshold={{ value: 0, label: 'nothing gained' }}
      xLabel="fits"
      sayX={(x) => `window ${fits[x]?.window ?? ''}`}
      include={[0]}
    />
  );
}
