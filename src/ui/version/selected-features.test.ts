import { expect, test } from 'vitest';
import type { VersionPage } from '../../db/pages/version.ts';
import type { FeatureSelection } from '../../domain/training/selection/feature-selection.ts';
import { SelectedFeatures } from './selected-features.tsx';

const found: FeatureSelection = {
  nulls: 5,
  folds: 4,
  features: [
    {
      feature: 'amount',
      share: 0.7,
      nullShareMax: 0.1,
      importance: 0.02,
      standardError: 0.004,
      foldsHelped: 3,
      outcome: 'helps',
    },
    {
      feature: '<id>',
      share: 0,
      nullShareMax: 0.2,
      importance: 0,
      standardError: 0,
      foldsHelped: 0,
      outcome: 'dropped',
    },
  ],
  tries: [],
  proposals: {
    proposed: 12,
    tries: [
      {
        name: 'month(at)',
        expression: { op: 'month', of: [{ op: 'column', name: 'at' }], timeZone: 'UTC' },
        gain: 0.003,
        standardError: 0.0005,
        pValue: 0.0001,
        isKept: true,
      },
    ],
  },
};
const shown = (features: FeatureSelection | undefined): string =>
  String(
    SelectedFeatures({
      page: { report: features === undefined ? {} : { selection: { features } } } as unknown as VersionPage,
    }),
  );

test('each feature stands beside its evidence and what became of it, and each computed one beside its gain', () => {
  const page = shown(found);
  for (const text of ['amount', '3 of 4', 'helps', '&lt;id&gt;', 'not read', 'month(at)', 'computed by the file'])
    expect(page).toContain(text);
});

test('a version without a selection has no such part', () => {
  expect(shown(undefined)).toBe('null');
});
