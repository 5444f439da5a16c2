import { describe, expect, test } from 'vitest';
import { footprintWorld, type FootprintWorld } from '../../../../tests/worlds/footprint-world.ts';
import { pairedWorld } from '../../../../tests/worlds/paired-world.ts';
import type { FootprintGate } from '../../spec/parts/footprint-gate.ts';
import { sideOf } from '../compare-paired.ts';
import { judgeGate } from '../judge-gate.ts';
import { isRunAsked, measuresAsked, type FootprintOutcome } from './footprint-rounds.ts';

const paired = pairedWorld(60, 1, 1);

function judge(
  gate: Omit<FootprintGate, 'gate' | 'undecided'>,
  footprint: FootprintOutcome | null,
  hasChampion = false,
) {
  return judgeGate({
    gates: [{ gate: 'footprint', undecided: 'ask', ...gate }],
    candidate: sideOf(paired, 'challenger'),
    baselines: {},
    champion: null,
    hasChampion,
    footprint,
    promotion: { metric: 'logLoss' },
  });
}

const measured = (world: FootprintWorld, seed = 'a machine'): FootprintOutcome => ({
  measured: footprintWorld(world, seed),
});
const latency = (atMost: number) => ({ figure: 'latencyP99Ms', atMost }) as const;
const busy = { share: 1, stays: 1 };

describe('a gate on what the candidate takes', () => {
  test('passes by the upper bound of the median over rounds, and says machine and load', () => {
    const { verdict, checks } = judge(latency(20), measured({ candidateMs: 2 }));
    expect(verdict).toBe('pass');
    expect(checks[0]).toMatchObject({ method: 'order-statistic', alpha: 0.05, limit: 20, rows: 12 });
    expect(checks[0]?.bound).toBeGreaterThanOrEqual(checks[0]?.value ?? Infinity);
    expect(checks[0]?.text).toMatch(
      /^99 % latency of a row is \d[\d.]* ms, the median of 12 rounds, with 95 % confidence at most \d[\d.]* ms \(/,
    );
    expect(checks[0]?.text).toMatch(/; at most 20 ms is asked: met, on 2 cores under a load of 0\.4\.$/);
  });

  test('is refused by the lower bound, and a person decides in between', () => {
    const refused = judge(latency(1), measured({ candidateMs: 2 }));
    expect(refused).toMatchObject({ verdict: 'fail', checks: [{ verdict: 'fail' }] });
    expect(refused.text).toMatch(/confidence at least \d.* at most 1 ms is asked: missed, on 2 cores/);
    const between = judge(latency(2), measured({ candidateMs: 2 }));
    expect(between).toMatchObject({ verdict: 'insufficient', isAsked: true });
    expect(between.text).toMatch(/not decided; a person decides, on 2 cores/);
    const waiting = judge({ ...latency(2), undecided: 'wait' } as never, measured({ candidateMs: 2 }));
    expect(waiting).toMatchObject({ verdict: 'insufficient', isAsked: false });
    expect(waiting.text).toContain('the next training measures again');
  });

  test('a busy machine refuses nobody, and says that others took the cores', () => {
    const { verdict, text } = judge(latency(3), measured({ candidateMs: 2, busy }));
    expect(verdict).toBe('insufficient');
    expect(text).toContain('not decided, others took the cores in 12 rounds; a person decides');
    expect(text).toContain('under a load of 3.2');
    // What is met although others took the cores is met.
    expect(judge(latency(20), measured({ candidateMs: 2, busy })).verdict).toBe('pass');
  });

  test('against the champion beside it, on any machine', () => {
    const gate = { figure: 'latencyP50Ms', atMostTimesChampion: 1.5 } as const;
    for (const slowness of [0.1, 1, 30]) {
      const world = { championMs: 2, slowness };
      expect(judge(gate, measured({ candidateMs: 2, ...world }), true).verdict).toBe('pass');
      expect(judge(gate, measured({ candidateMs: 4, ...world }), true).verdict).toBe('fail');
    }
    const [check] = judge(gate, measured({ candidateMs: 2, championMs: 2 }), true).checks;
    expect(check?.text).toMatch(
      /^Median latency of a row, against the champion beside it, is \d[\d.]* times, the median of 12 rounds, with/,
    );
    // Others draw a factor towards 1: rounds with them prove nothing.
    const world = { candidateMs: 0.4, championMs: 0.1, busy };
    const open = judge({ figure: 'latencyP99Ms', atMostTimesChampion: 1.5 }, measured(world), true);
    expect(open.verdict).toBe('insufficient');
    expect(open.checks[0]?.bound).toBeNull();
  });

  test('without a champion there is nothing to compare with, and nothing blocks', () => {
    const gate = { figure: 'latencyP50Ms', atMostTimesChampion: 1.5 } as const;
    const { verdict, checks } = judge(gate, measured({ candidateMs: 2 }));
    expect({ verdict, check: checks[0]?.verdict }).toEqual({ verdict: 'pass', check: 'insufficient' });
    // One that came during the training was not beside it.
    expect(judge(gate, measured({ candidateMs: 2 }), true).verdict).toBe('insufficient');
  });

  test('the size of a file has no error; memory does not mind others', () => {
    expect(judge({ figure: 'fileBytes', atMost: 1_000_000 }, measured({ candidateMs: 1 }))).toMatchObject({
      verdict: 'pass',
      checks: [{ method: 'point', text: 'Size of the file is 1 MB; at most 1 MB is asked: met.' }],
    });
    expect(judge({ figure: 'fileBytes', atMost: 999_999 }, measured({ candidateMs: 1 })).verdict).toBe('fail');
    const factor = { figure: 'fileBytes', atMostTimesChampion: 1.9 } as const;
    expect(judge(factor, measured({ candidateMs: 1, championMs: 1 }), true).verdict).toBe('fail');
    const memory = (atMost: number) => judge({ figure: 'memoryBytes', atMost }, measured({ candidateMs: 1, busy }));
    expect([memory(100e6).verdict, memory(60e6).verdict]).toEqual(['pass', 'fail']);
  });

  test('throughput is the other way round', () => {
    const gate = (atLeast: number) => judge({ figure: 'rowsPerCoreSecond', atLeast }, measured({ candidateMs: 1 }));
    expect(gate(500).verdict).toBe('pass');
    expect(gate(500).checks[0]?.text).toMatch(
      /^Rows per core and second in runs of 256 rows is .* confidence at least \d.* at least 500 rows is asked: met/,
    );
    expect(gate(5_000)).toMatchObject({ verdict: 'fail' });
    expect(gate(5_000).text).toMatch(/confidence at most \d.* rows .*: missed/);
  });

  test('cost is the price of a core, and of memory, for as long as it was taken', () => {
    const world = { candidateMs: 3.6, spread: 0 };
    const cost = (price: { perCoreHour: number; perGibHour?: number }) =>
      judge({ figure: 'costPer1000', atMost: 1, price }, measured({ ...world, bytes: 1024 ** 3 })).checks[0]?.value;
    // A thousand rows take 3.6 s of a core: a thousandth of an hour.
    expect(cost({ perCoreHour: 0.5 })).toBeCloseTo(0.0005, 12);
    expect(cost({ perCoreHour: 0.5, perGibHour: 0.25 })).toBeCloseTo(0.00075, 12);
  });

  test('too few rounds, too few calls, or none at all: never passed, never refused by silence', () => {
    expect(judge(latency(20), measured({ candidateMs: 2, rounds: 4 })).text).toContain('too few rounds for a bound');
    const { measured: found } = { measured: footprintWorld({ candidateMs: 2 }, 'slow') };
    const few = found.rounds.map((round) => ({
      ...round,
      candidate: { ...round.candidate, latencyMs: { p50: 2, p99: 2, ...round.candidate.latencyMs, calls: 30 } },
    }));
    const slow = { measured: { ...found, rounds: few } };
    expect(judge(latency(20), slow).text).toContain('too slow for 100 calls in a round');
    expect(judge(latency(1), slow).verdict).toBe('fail');
    expect(judge(latency(20), { measured: { ...found, rounds: [] } })).toMatchObject({ verdict: 'insufficient' });
    expect(judge(latency(20), { problem: 'it could not be measured (it ended)' })).toMatchObject({
      isAsked: true,
      text: expect.stringContaining('it could not be measured (it ended); a person decides.'),
    });
    expect(judge(latency(20), null).text).toContain('this training did not measure it');
  });

  test('only what gates ask for is measured: no process for the size of a file alone', () => {
    const gate = { gate: 'footprint', undecided: 'ask' } as const;
    const nothing = { isLatencyAsked: false, isMemoryAsked: false, batchRows: [] };
    expect(measuresAsked([{ gate: 'atLeast', metric: 'auroc', value: 0.6 }])).toBeNull();
    expect(measuresAsked([{ ...gate, figure: 'fileBytes', atMost: 1 }])).toEqual(nothing);
    expect(isRunAsked(nothing)).toBe(false);
    expect(measuresAsked([{ ...gate, ...latency(1) }])).toEqual({ ...nothing, isLatencyAsked: true });
    expect(measuresAsked([{ ...gate, figure: 'memoryBytes', atMost: 1 }])).toEqual({ ...nothing, isMemoryAsked: true });
    const withMemory = { perCoreHour: 1, perGibHour: 1 };
    expect(measuresAsked([{ ...gate, figure: 'costPer1000', atMost: 1, price: withMemory }])).toEqual({
      ...nothing,
      isMemoryAsked: true,
      batchRows: [1],
    });
    expect(
      measuresAsked([
        { ...gate, figure: 'rowsPerCoreSecond', atLeast: 1 },
        { ...gate, figure: 'costPer1000', atMost: 1, price: { perCoreHour: 1 } },
        { ...gate, figure: 'costPer1000', atMost: 1, price: { perCoreHour: 1 }, batchRows: 256 },
      ]),
    ).toEqual({ ...nothing, batchRows: [1, 256] });
  });

  test('the size of a file is judged without a round, also against that of the champion', () => {
    const { rounds: _, ...found } = footprintWorld({ candidateMs: 2 }, 'file');
    const sizes = { measured: { ...found, fileBytes: { candidate: 300, champion: 200 }, rounds: [] } };
    const { checks } = judge({ figure: 'fileBytes', atMost: 300 }, sizes);
    expect(checks[0]).toMatchObject({ verdict: 'pass', value: 300, rows: 1 });
    expect(judge({ figure: 'fileBytes', atMost: 299 }, sizes).verdict).toBe('fail');
    const against = (atMostTimesChampion: number) => judge({ figure: 'fileBytes', atMostTimesChampion }, sizes, true);
    expect([against(1.5).verdict, against(1.4).verdict]).toEqual(['pass', 'fail']);
  });
});
