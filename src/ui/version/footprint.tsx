import type { Footprint, FootprintOutcome, ModelRound } from '../../domain/training/gates/footprint-rounds.ts';
import { coreShareMin } from '../../domain/training/gates/footprint-rounds.ts';
import { sayBytes, sayCount, sayMany, sayNumber } from '../../domain/words/say.ts';
import { medianBounds } from '../../statistics/samples/median-bounds.ts';
import { Table, type Column } from '../table/table.tsx';

/** What candidate and champion took as programs, each figure as the median of its rounds with the span of all. */
export function FootprintPanel({ footprint }: { readonly footprint: FootprintOutcome | null }) {
  if (footprint === null) return null;
  return (
    <section class="panel" id="footprint">
      <h2>What it takes to run</h2>
      {'problem' in footprint ? <p class="empty">Not measured: {footprint.problem}.</p> : <Measured {...footprint} />}
    </section>
  );
}

interface Line {
  readonly title: string;
  readonly candidate: string;
  readonly champion: string;
}

function Measured({ measured }: { readonly measured: Footprint }) {
  const { rounds, machine, tookMs, fileBytes } = measured;
  const busy = rounds.filter(({ candidate, champion }) =>
    [candidate, champion].some((round) => round !== null && round.coreShare < coreShareMin),
  ).length;
  return (
    <>
      <p class="dim small">
        {rounds.length === 0 ? (
          <>No figure that needs a process was measured.</>
        ) : (
          <>
            The file as it is served, in {sayMany(rounds.length, 'fresh process', 'fresh processes')} each; median of
            the rounds (least to most). Measured in {sayNumber(Math.round(tookMs / 1_000))} s on{' '}
            {sayMany(machine.cores, 'core')} ({machine.cpu}) under a load of {sayNumber(machine.load)}; others took the
            cores in {sayMany(busy, 'round')}.
          </>
        )}
      </p>
      <Table
        label="What it takes to run"
        columns={columnsOf(fileBytes.champion !== null)}
        rows={[
          {
            title: 'size of the file',
            candidate: sayBytes(fileBytes.candidate),
            champion: fileBytes.champion === null ? '' : sayBytes(fileBytes.champion),
          },
          ...figuresOf(measured).map(({ title, of, say }) => ({
            title,
            candidate: spanOf(
              rounds.flatMap(({ candidate }) => of(candidate) ?? []),
              say,
            ),
            champion: spanOf(
              rounds.flatMap(({ champion }) => (champion === null ? [] : (of(champion) ?? []))),
              say,
            ),
          })),
        ]}
      />
    </>
  );
}

function columnsOf(hasChampion: boolean): readonly Column<Line>[] {
  return [
    { head: 'figure', cell: ({ title }) => title, isHeading: true },
    { head: 'candidate', cell: ({ candidate }) => candidate, isNumber: true },
    ...(hasChampion
      ? [{ head: 'champion beside it', cell: ({ champion }: Line) => champion, isNumber: true } as const]
      : []),
  ];
}

interface Shown {
  readonly title: string;
  readonly of: (round: ModelRound) => number | null;
  readonly say: (value: number) => string;
}

/** Those that some round has: only what gates ask for is measured. */
function figuresOf({ rounds }: Footprint): readonly Shown[] {
  const ms = (value: number) => `${sayNumber(value)} ms`;
  const sizes = rounds[0]?.candidate.batches.map(({ rows }) => rows) ?? [];
  const shown: readonly Shown[] = [
    { title: 'median latency of a row', of: ({ latencyMs }) => latencyMs?.p50 ?? null, say: ms },
    { title: '99 % latency of a row', of: ({ latencyMs }) => latencyMs?.p99 ?? null, say: ms },
    { title: 'peak memory', of: ({ peakBytes }) => peakBytes, say: sayBytes },
    ...sizes.map((size) => ({
      title: `rows per core and second, ${sayMany(size, 'row')} a run`,
      of: ({ batches }: ModelRound) => 1_000 / (batches.find(({ rows }) => rows === size)?.coreMsPerRow ?? Number.NaN),
      say: (value: number) => sayCount(Math.round(value)),
    })),
  ];
  return shown.filter(({ of }) => rounds.some(({ candidate }) => of(candidate) !== null));
}

function spanOf(values: readonly number[], say: (value: number) => string): string {
  if (values.length === 0) return '–';
  const { median } = medianBounds(values, { lower: 1, upper: 1 });
  return `${say(median)} (${say(Math.min(...values))} to ${say(Math.max(...values))})`;
}
