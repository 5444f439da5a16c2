import type { VersionPage } from '../../db/pages/version.ts';
import type { ReliabilityBin } from '../../domain/training/calibration/calibration.ts';
import { calibrationFacts } from '../../domain/training/calibration/say-calibration.ts';
import { Table, type Column } from '../table/table.tsx';
import { number, percent } from '../words/format.ts';

interface Pair {
  readonly tenth: number;
  readonly before: ReliabilityBin | undefined;
  readonly after: ReliabilityBin | undefined;
}

/** Whether answers came true as often as they say, without the calibration and with it; nothing where none is asked. */
export function CalibrationPanel({ page }: { readonly page: VersionPage }) {
  const { calibration } = page.report;
  if (calibration === undefined) return null;
  const { measured } = calibration;
  const pairs = (measured?.before.reliability ?? []).map((before, at): Pair => ({
    tenth: at + 1,
    before,
    after: measured?.after.reliability[at],
  }));
  return (
    <section class="panel" id="calibration">
      <h2>Calibration</h2>
      {calibrationFacts(calibration).map(({ text }) => (
        <p class="dim small">{text}</p>
      ))}
      {pairs.length === 0 ? null : (
        <Table label="What answers say, and how often it came true" columns={columns} rows={pairs} />
      )}
    </section>
  );
}

const columns: readonly Column<Pair>[] = [
  { head: 'rows by rising answer', cell: ({ tenth }) => `stretch ${tenth}`, isHeading: true },
  { head: 'rows', cell: ({ before }) => number(before?.rows), isNumber: true },
  { head: 'says, without', cell: ({ before }) => percent(before?.predicted), isNumber: true },
  { head: 'came true', cell: ({ before }) => observed(before), isNumber: true },
  { head: 'says, with', cell: ({ after }) => percent(after?.predicted), isNumber: true },
  { head: 'came true', cell: ({ after }) => observed(after), isNumber: true },
];

/** With its 95 % interval. */
function observed(bin: ReliabilityBin | undefined): string {
  return bin === undefined ? '—' : `${percent(bin.observed)} (${percent(bin.low)} to ${percent(bin.high)})`;
}
