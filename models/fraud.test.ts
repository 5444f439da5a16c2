import { describe, expect, expectTypeOf, it } from 'vitest';

import { checkSpec } from '../src/domain/spec/check-spec.ts';
import { isRows } from '../src/domain/words/extent.ts';
import type { FeatureSpec } from '../src/domain/spec/spec.ts';
import type { InputOf, LabelOf } from '../src/sdk/index.ts';
import type { Outcome, PaymentFeatures } from '../simulator/payment.ts';
import { channels, countries, merchantCategories } from '../simulator/vocabulary.ts';
import { createWorld } from '../simulator/world.ts';
import { fraud, fraudWithMerchantRisk } from './fraud.ts';

describe('the fraud model', () => {
  it('can be applied, with and without the warehouse feature', () => {
    expect(checkSpec(fraud)).toEqual([]);
    expect(checkSpec(fraudWithMerchantRisk)).toEqual([]);
    expect(fraudWithMerchantRisk.name).toBe(fraud.name);
    expect(fraudWithMerchantRisk.features.slice(0, -1)).toEqual(fraud.features);
    expect(fraudWithMerchantRisk.features.at(-1)).toMatchObject({ name: 'merchantRisk', missing: 'allow' });
  });

  it('declares every wait in rows, so that the same rows give the same result on any machine', () => {
    const { rollout, watch, retrain, target } = fraud;
    const extents = [
      rollout.shadow,
      rollout.lookEvery,
      rollout.deadline,
      ...rollout.canary.map((step) => step.extent),
      watch.window,
      retrain.cooldown,
      retrain.budget.per,
      target.labelDelay,
    ];
    expect(extents.every(isRows)).toBe(true);
  });

  it('speaks the words of the payments world', () => {
    const valuesOf = (name: string) =>
      fraud.features.flatMap((feature: FeatureSpec) =>
        feature.name === name && feature.kind === 'category' ? (feature.values ?? []) : [],
      );
    expect(valuesOf('merchantCategory')).toEqual([...merchantCategories]);
    expect(valuesOf('country')).toEqual([...countries]);
    expect(valuesOf('channel')).toEqual([...channels]);
    expect(Object.keys(createWorld({ seed: 1 }).next().features)).toEqual(fraud.features.map(({ name }) => name));
    expectTypeOf<PaymentFeatures>().toExtend<InputOf<typeof fraud>>();
    expectTypeOf<LabelOf<typeof fraud>>().toEqualTypeOf<Outcome>();
    expectTypeOf<InputOf<typeof fraudWithMerchantRisk>['merchantRisk']>().toEqualTypeOf<number | null | undefined>();
  });
});
