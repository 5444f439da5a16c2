import { expect, test } from 'vitest';
import { snapshotProfileAnswer } from '../../../../contracts/http/data/snapshot-profile.ts';
import { snapshotExamples } from '../../../../contracts/openapi/example-snapshots.ts';
import { profileLines } from './tell-profile.ts';

test('instants are said as instants, other numbers as numbers', () => {
  const { answer } = snapshotExamples['GET /v1/snapshots/{digest}/profile'];
  const example = snapshotProfileAnswer.parse(answer);
  const numbers = (from: number, middle: number, to: number) => ({
    min: from,
    max: to,
    mean: middle,
    deviation: 1,
    quantiles: [{ share: 0.5, value: middle }],
    histogram: null,
    outliers: null,
  });
  const column = { missing: 0, distinct: 3 } as const;
  const at = Date.parse('2026-01-05T08:00:00Z');
  const lines = profileLines({
    ...example,
    profile: {
      ...example.profile,
      columns: [
        {
          ...column,
          name: 'placed',
          type: 'BIGINT',
          role: 'eventTime',
          numbers: numbers(at, at + 60_000, at + 120_000),
        },
        { ...column, name: 'basket', type: 'DOUBLE', role: 'feature', numbers: numbers(0.5, 2, 40) },
      ],
    },
  });
  expect(lines.find((line) => line.includes('placed'))).toContain(
    '2026-01-05 08:00:00  2026-01-05 08:01:00  2026-01-05 08:02:00',
  );
  expect(lines.find((line) => line.includes('basket'))).toMatch(/0\.5 +2 +40/);
});
