import { expect, test } from 'vitest';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { asLogged, layoutOf } from './layout.ts';

test('logged rows were repaired when they came: nothing repairs them again, whatever is declared by now', () => {
  const plain = completeSpec({
    name: 'shop',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [{ kind: 'number', name: 'weight', missing: 'allow' }],
    target: { task: 'binary', column: 'won', positive: '1', negative: '0', labelDelay: { rows: 10 } },
    source: { kind: 'file', path: 'x.csv', format: 'csv' },
  });
  const repaired = { ...plain, repairs: [{ repair: 'unit', column: 'weight', from: 'lb', to: 'kg' }] as const };
  expect(asLogged(repaired)).toEqual(asLogged(plain));
  expect(layoutOf(repaired)).toBe(layoutOf(plain));
});
