import { describe, expectTypeOf, it } from 'vitest';
import { heavy, light, type fitting, type guarding, type training, type waiting, type watching } from './proxies.ts';

/** Nothing is called: outside a workflow only the types can be looked at. What is refused fails the typecheck. */
describe('a proxy offers the activities of its group alone', () => {
  it('light: what is done within seconds', () => {
    expectTypeOf<ReturnType<typeof light>>().toHaveProperty('judgeVersion');
    // @ts-expect-error a training takes hours, light activities have half a minute
    void (() => light('fit').trainModel);
    // @ts-expect-error a scan takes minutes
    void (() => light('scan').ingestSource);
    // @ts-expect-error it stays for a minute
    void (() => light('look').watchStep);
  });

  it('watching and waiting: what stays with a rollout or an A/B test', () => {
    expectTypeOf<keyof ReturnType<typeof watching>>().toEqualTypeOf<'beginStep' | 'watchStep' | 'beginAbTest'>();
    expectTypeOf<keyof ReturnType<typeof waiting>>().toEqualTypeOf<'keepLease' | 'watchAbTest'>();
  });

  it('heavy: what reads files', () => {
    expectTypeOf<ReturnType<typeof heavy>>().toHaveProperty('ingestSource');
    // @ts-expect-error two long trainings would delay a way back
    void (() => heavy('re-score').guardLook);
    // @ts-expect-error no worker of the CPU queue serves it
    void (() => heavy('alerts').deliverAlerts);
    // @ts-expect-error a training has a queue of its own choice
    void (() => heavy('fit').trainModel);
  });

  it('guarding: what may lead to a way back', () => {
    expectTypeOf<keyof ReturnType<typeof guarding>>().toEqualTypeOf<'guardLook'>();
  });

  it('training and fitting: a fit is sent elsewhere, its ends are not', () => {
    expectTypeOf<keyof ReturnType<typeof training>>().toEqualTypeOf<
      | 'prepareTraining'
      | 'shareTraining'
      | 'takeMade'
      | 'judgeModel'
      | 'reproduceVersion'
      | 'prepareCandidate'
      | 'judgeCandidate'
      | 'compareExperiment'
    >();
    expectTypeOf<keyof ReturnType<typeof fitting>>().toEqualTypeOf<
      'fitModel' | 'fitTrial' | 'trainModel' | 'fitExternal'
    >();
  });
});
