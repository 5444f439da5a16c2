import { LineChart } from '../../charts/line-chart.tsx';
import type { SectionProps } from '../section.ts';
import { windowEvidence } from '../window-evidence.ts';

/** How well a classifier tells each window from the reference, beside what stretches of the reference itself have. */
export function TogetherChart({ view }: Pick<SectionProps, 'view'>) {
  const judged = view.windows
    .toSorted((a, b) => a.number - b.number)
    .flatMap(({ number: x, evidence }) => {
      const together = windowEvidence(evidence)?.drift?.together ?? null;
      return together === null || together.verdict === 'not-judged' ? [] : [{ x, ...together }];
    });
  if (judged.length === 0) return null;
  return (
    <LineChart
      label="Features together: AUROC of a classifier between window and reference (0.5 tells nothing)"
      series={[{ name: 'window', points: judged.map(({ x, auroc }) => ({ x, y: auroc })) }]}
      bands={[
        {
          name: 'stretches of the reference itself',
          points: judged.map(({ x, expectedLow, expectedHigh }) => ({ x, low: expectedLow, high: expectedHigh })),
          colour: 2,
        },
      ]}
      marks={judged.filter(({ verdict }) => verdict === 'drift').map(({ x }) => ({ x, label: 'drift' }))}
      xLabel="window"
      sayX={(x) => `window ${x}`}
      include={[0.5]}
    />
  );
}
