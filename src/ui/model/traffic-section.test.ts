import { expect, test } from 'vitest';
import type { SectionProps } from './section.ts';
import { TrafficSection } from './traffic-section.tsx';

const estimated = { logLoss: 0.4 };
const windowOf = (number: number, quality: object | null, trust: string | null = null) => ({
  number,
  rows: 100,
  openedAt: new Date(0),
  closedAt: new Date(60_000),
  verdict: 'stable',
  traffic: { rows: 100, failed: 0, slow: 0, latencyMeanMs: 1, latencyMaxMs: 2, challengerRows: 0 },
  quality: quality === null ? null : { rows: 100, realised: null, estimated: null, ...quality },
  evidence:
    trust === null
      ? null
      : {
          champion: 1,
          drift: null,
          decay: null,
          estimate: { loss: 'logLoss', metrics: { logLoss: { trust, interval: null, text: '' } }, text: '' },
        },
});

test('each window says whether its figures rest on labels, on part of them, or on an estimate, and on which', () => {
  const windows = [
    windowOf(1, { labelledRows: 100, realised: { logLoss: 0.3 }, estimated }),
    windowOf(2, { labelledRows: 60, realised: { logLoss: 0.3 }, estimated }),
    windowOf(3, { labelledRows: 10, estimated }, 'trusted'),
    windowOf(4, { labelledRows: 10, estimated }, 'not-trusted'),
    windowOf(5, { labelledRows: 0, estimated }),
    windowOf(6, { labelledRows: 0 }),
    windowOf(7, null),
  ];
  const view = { windows, storage: null, hold: null } as unknown as SectionProps['view'];
  const html = String(TrafficSection({ call: {} as SectionProps['call'], name: 'fraud', view }));
  const cells = html
    .split('<tr id="window-')
    .slice(1)
    .map((row) => row.replaceAll(/<[^>]+>/g, '|'));
  expect(
    cells.map((row) => /\|(labels|part of its labels|estimate, [a-z ]+|waits for labels)\|/.exec(row)?.[1]),
  ).toEqual([
    undefined,
    'waits for labels',
    'estimate, not trusted yet',
    'estimate, not trusted',
    'estimate, trusted',
    'part of its labels',
    'labels',
  ]);
});
