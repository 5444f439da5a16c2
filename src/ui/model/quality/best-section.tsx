import { LineChart } from '../../charts/line-chart.tsx';
import { bestWords } from '../../../domain/watch/best/judge-best.ts';
import { many, number } from '../../words/format.ts';
import { State } from '../../words/state.tsx';
import type { SectionProps } from '../section.ts';
import { windowEvidence } from '../window-evidence.ts';

/** The loss of the champion beside what it was when promoted, and beside the best champion ever. */
export function BestSection({ view }: Pick<SectionProps, 'view'>) {
  const judged = view.windows.flatMap((window) => {
    const decay = windowEvidence(window.evidence)?.decay ?? null;
    return decay === null || decay.recentLoss === null ? [] : [{ x: window.number, ...decay }];
  });
  const { best } = view;
  if (best === null || judged.length === 0) return null;
  const latest = judged.at(-1)?.best ?? null;
  return (
    <>
      <p id="best">
        {latest === null ? null : <State of={latest.verdict} text={bestWords[latest.verdict]} />} Best champion ever: v
        {best.version}, loss {number(best.reference.mean)} on {many(best.reference.rows, 'labelled row')} (fixed in
        window {best.window}, the best of {many(best.of, 'champion')}). {latest?.text}
      </p>
      <LineChart
        label="Loss that decay is judged by, per window (lower is better)"
        series={[
          { name: 'recent labelled rows', points: judged.map(({ x, recentLoss }) => ({ x, y: recentLoss })) },
          {
            name: 'when it was promoted',
            points: judged.map(({ x, referenceLoss }) => ({ x, y: referenceLoss })),
            isDashed: true,
            colour: 2,
          },
          {
            name: 'the best champion ever',
            points: judged.map((decay) => ({ x: decay.x, y: decay.best?.bestLoss ?? decay.referenceLoss })),
            isDashed: true,
            colour: 5,
          },
        ]}

        xLabel="window"
        sayX={(x) => `window ${x}`}
      />
    </>
  );
}
