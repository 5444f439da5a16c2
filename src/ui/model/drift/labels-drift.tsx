import { HistogramLegend, HistogramPair } from '../../charts/histogram-pair.tsx';
import { State } from '../../words/state.tsx';
import type { SectionProps } from '../section.ts';
import { sharesOf, windowEvidence } from '../window-evidence.ts';

const verdictWords = { stable: 'stable', drift: 'drifted', insufficient: 'not judged' } as const;

/** Whether labels are distributed as when trained, by the last window that is shown; nothing where none was judged. */
export function LabelsDrift({ view }: Pick<SectionProps, 'view'>) {
  const [latest] = view.windows
    .toSorted((a, b) => b.number - a.number)
    .flatMap(({ number: window, evidence }) => {
      const labels = windowEvidence(evidence)?.labels ?? null;
      return labels === null ? [] : [{ window, ...labels }];
    });
  if (latest === undefined) return null;
  const { window, verdict, histogram, text } = latest;
  return (
    <div id="label-drift">
      <h3>Labels</h3>
      <p>
        <State of={verdict} text={verdictWords[verdict]} /> As known at the end of window {window}: {text}
      </p>
      {histogram === null ? null : (
        <>
          <HistogramPair label="labels of mature rows" cells={sharesOf(histogram)} />
          <HistogramLegend currentName="mature rows" />
        </>
      )}
    </div>
  );
}
