import { HeatMap } from '../../charts/heat-map.tsx';
import type { SectionProps } from '../section.ts';
import { windowEvidence } from '../window-evidence.ts';

/** How far features are from the world of the best champion; nothing while the champion is the best. */
export function BestWorldSection({ view }: Pick<SectionProps, 'view'>) {
  const judged = view.windows
    .toSorted((a, b) => a.number - b.number)
    .flatMap(({ number: window, evidence }) => {
      const world = windowEvidence(evidence)?.bestWorld ?? null;
      return world === null ? [] : [{ window, ...world }];
    });
  const latest = judged.at(-1);
  if (latest === undefined) return null;
  const names = latest.features.map(({ name }) => name);
  const at = (row: number, column: number) => judged[column]?.features.find(({ name }) => name === names[row]) ?? null;
  return (
    <div id="best-world">
      <h3>The world of the best champion</h3>
      <p>
        Window {latest.window}: {latest.text}
      </p>
      {names.length === 0 ? null : (
        <HeatMap
          label={`Distance of features from the reference of the best champion (v${latest.version} now)`}
          rows={names}
          columns={judged.map(({ window }) => `window ${window}`)}
          value={(row, column) => at(row, column)?.effect ?? null}
          hit={(row, column) => at(row, column)?.drifted ?? false}
          scale={Math.max(2 * view.outline.driftLimit, 0.01)}
        />
      )}
    </div>
  );
}
