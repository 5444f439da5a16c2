import { expect, test } from 'vitest';
import { leakageOf } from './leakage-of.ts';
import type { ProfileRoles } from './roles.ts';

test('a profile suspects from where its trainings do', async () => {
  const rows = 1_000;
  const labels = Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? 'yes' : 'no'));
  const words = labels.map((label, row) => (row % 17 === 0 ? 'no' : label));
  const columns = [
    { name: 'y', texts: labels },
    { name: 'word', texts: words },
  ];
  const roles: ProfileRoles = {
    features: [{ name: 'word', isTime: false }],
    target: { column: 'y', classes: ['no', 'yes'] },
    entity: null,
    eventTime: null,
  };
  const sample = { rows, everyNth: 1, columns };
  expect(await leakageOf(sample, roles)).toEqual([]);
  expect(await leakageOf(sample, { ...roles, limits: { explained: 0.7 } })).toMatchObject([
    { column: 'word', measure: 'explained', limit: 0.7 },
  ]);
});
