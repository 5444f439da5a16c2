import { describe, expect, test } from 'vitest';
import { decideRetrain } from './decide-retrain.ts';
import type { RetrainFacts } from './decide-retrain.ts';
import type { RetrainSpec } from '../spec/spec.ts';

const spec: RetrainSpec = {
  schedule: null,
  newLabelledRows: 1_000,
  growthFactor: 2,
  onDrift: false,
  onDecay: true,
  onSpecChange: true,
  staleAfter: { ms: 30 * 86_400_000 },
  cooldown: { rows: 1_000 },
  budget: { runs: 2, per: { rows: 10_000 } },
  labelledRowsMin: 250,
};
const quiet: RetrainFacts = {
  rowsServed: 12_000,
  nowMs: 10 * 86_400_000,
  lastTraining: { atRows: 10_000, atMs: 9 * 86_400_000, labelledRows: 9_000, specRevision: 3 },
  labelledRows: 9_500,
  specRevision: 3,
  drift: null,
  decay: null,
  personRequest: null,
  isRunning: false,
  isPaused: false,
  budget: { left: 2, text: '0 of 2 trainings per 10000 rows are used up' },
  unhelpfulTrainings: 0,
};
const usedUp = { left: 0, text: '2 of 2 trainings per 10000 rows are used up' };
const decay = { window: 24, text: 'Loss is 0.7, 0.5 after promotion: 40 % higher.' };
const personRequest = { by: 'ops', reason: 'new fraud ring', commandId: 'c1' };
const decide = (changed: Partial<RetrainFacts>, changedSpec: Partial<RetrainSpec> = {}) =>
  decideRetrain({ ...spec, ...changedSpec }, { ...quiet, ...changed });

describe('decideRetrain', () => {
  test('nothing fired: the sentence says how far each trigger is', () => {
    const decision = decide({});
    expect(decision).toMatchObject({ retrain: false, trigger: null, blockedBy: null });
    expect(decision.reason).toBe(
      'did not retrain because no trigger fired: no decay of quality; labelled rows have grown from 9,000 to 9,500 ' +
        '(2 times is 18,000); ' +
        '500 of 1,000 new labelled rows are in; the last training is 1 d ago and it is stale after 30 d',
    );
  });
  test.each([
    ['first', { lastTraining: null }],
    ['spec-change', { specRevision: 4 }],
    ['decay', { decay }],
    ['growth', { labelledRows: 18_000 }],
    ['new-labels', { labelledRows: 10_000 }],
    ['stale', { nowMs: 39 * 86_400_000 }],
    ['person', { personRequest }],
  ] as const)('%s retrains', (trigger, changed) => {
    const decision = decide(changed);
    expect(decision).toMatchObject({ retrain: true, trigger, blockedBy: null });
    expect(decision.reason).toMatch(/^retrains because /);
  });
  describe('by the calendar', () => {
    const schedule = { cron: '0 3 * * 1', timeZone: 'Europe/Berlin' };
    const at = (day: number) => day * 86_400_000;
    const minute = (ms: number | null) => (ms === null ? null : { ms, text: `day ${ms / 86_400_000}` });
    const due = (lastMs: number | null, nextMs: number | null, changed: Partial<RetrainFacts> = {}) =>
      decide({ due: { last: minute(lastMs), next: minute(nextMs) }, ...changed }, { schedule });
    const said = ({ considered }: ReturnType<typeof decide>) =>
      considered.find(({ trigger }) => trigger === 'schedule')?.text;

    test('what came since the last training is due, once however often it came', () => {
      const asked = due(at(9.5), at(16.5));
      expect(asked).toMatchObject({ retrain: true, trigger: 'schedule' });
      expect(asked.reason).toBe(
        'retrains because training was due at day 9.5 by "0 3 * * 1" (Europe/Berlin), after the last one',
      );
      const before = due(at(8.9), at(16.5));
      expect(before).toMatchObject({ retrain: false, trigger: null });
      expect(said(before)).toBe('the schedule "0 3 * * 1" (Europe/Berlin) comes next at day 16.5');
      expect(said(due(null, null))).toContain('never comes again');
      // What the source has got since, nobody knows.
      expect(due(at(9.5), null, { labelledRows: 9_000 }).retrain).toBe(true);
    });

    test('cooldown, budget and a freeze hold it back, and a model without a training has its first one', () => {
      const blocked = (changed: Partial<RetrainFacts>) => due(at(9.5), null, changed).blockedBy;
      expect(blocked({ rowsServed: 10_500 })).toBe('cooldown');
      expect(blocked({ budget: usedUp })).toBe('budget');
      expect(blocked({ frozen: 'frozen by ops' })).toBe('frozen');
      expect(due(at(9.5), null, { lastTraining: null }).trigger).toBe('first');
    });
  });

  describe('by the source', () => {
    const found = { hasChanged: true, readAtMs: 9.99 * 86_400_000, failures: 0, problem: null };
    const source = (changed: Partial<typeof found> | null, facts: Partial<RetrainFacts> = {}) =>
      decide({ source: changed === null ? null : { ...found, ...changed }, ...facts }, { onSourceChange: true });
    const said = (...of: Parameters<typeof source>) =>
      source(...of).considered.find(({ trigger }) => trigger === 'source-change');

    test('other bytes than the newest version was trained on retrain', () => {
      expect(source({})).toMatchObject({ retrain: true, trigger: 'source-change' });
      expect(source({}).reason).toBe(
        'retrains because the source has changed since the newest version was trained (read 14.4 min ago)',
      );
      // How many rows it has, nobody knows before it is read.
      expect(source({}, { labelledRows: 9_000 }).retrain).toBe(true);
      expect(source({}, { rowsServed: 10_500 }).blockedBy).toBe('cooldown');
      expect(source({}, { budget: usedUp }).blockedBy).toBe('budget');
      expect(source({}, { frozen: 'frozen by ops' }).blockedBy).toBe('frozen');
    });

    test.each([
      [{ hasChanged: false }, 'the source is as the newest version was trained on it (read 14.4 min ago)'],
      [{ hasChanged: null as never }, 'no version was trained on the source yet'],
      // It may have been read by that very training since.
      [{ readAtMs: 8 * 86_400_000 }, 'the source has not been looked at since the last training'],
      [
        { failures: 3, problem: 'The source a.csv is not there.' as never },
        'the source could not be read, 3 times in a row: The source a.csv is not there',
      ],
      [null, 'the source has not been looked at since the last training'],
    ])('%j does not, and says why', (changed, text) => {
      expect(said(changed)).toEqual({ trigger: 'source-change', fired: false, text });
    });

    test('a definition that does not ask for it does not mention it', () => {
      expect(decide({ source: found }).considered.map(({ trigger }) => trigger)).not.toContain('source-change');
    });
  });
  test.each([
    ['growth', { labelledRows: 18_000 }],
    ['new-labels', { labelledRows: 10_000 }],
  ] as const)('%s waits until a training would get one of the labels', (_, changed) => {
    const decision = decide({ ...changed, isImmature: true });
    expect(decision).toMatchObject({ retrain: false, trigger: null });
    expect(decision.reason).toContain(', but no row is mature yet');
  });
  test('after two trainings that did not help, decay waits twice as long each time, and nothing else does', () => {
    const after = (unhelpfulTrainings: number, rows: number, changed: Partial<RetrainFacts> = {}) =>
      decide({ decay, unhelpfulTrainings, rowsServed: 10_000 + rows, ...changed });
    expect(after(1, 1_000)).toMatchObject({ retrain: true, trigger: 'decay' });
    expect(after(2, 1_999)).toMatchObject({ retrain: false, trigger: 'decay', blockedBy: 'unhelpful' });
    expect(after(2, 1_999).reason).toContain(
      'the last 2 trainings did not help: the next one waits 2000 rows from the last (1,999 rows so far)',
    );
    expect(after(2, 2_000)).toMatchObject({ retrain: true, trigger: 'decay' });
    expect(after(3, 3_999).blockedBy).toBe('unhelpful');
    expect(after(3, 4_000).retrain).toBe(true);
    expect(after(50, 64_000).retrain, 'the wait has an end').toBe(true);
    expect(after(2, 1_500, { labelledRows: 10_000 })).toMatchObject({ retrain: true, trigger: 'new-labels' });
    expect(after(2, 1_500, { personRequest })).toMatchObject({ retrain: true, trigger: 'person' });
  });
  describe('after a change', () => {
    // 500 labelled rows had come since it when the training for its decay began.
    const changed = { changedAtLabelledRows: 8_500 };
    const later = (labelledRows: number, more: Partial<RetrainFacts> = {}) =>
      decide({ ...changed, labelledRows, ...more }, { followUpRowsMax: 4_000, newLabelledRows: null });
    const said = (...of: Parameters<typeof later>) =>
      later(...of).considered.find(({ trigger }) => trigger === 'follow-up')?.text;

    test('a training follows whenever the rows since then have doubled, and there is an end to it', () => {
      expect(later(9_499)).toMatchObject({ retrain: false, trigger: null });
      expect(said(9_499)).toBe('labelled rows since the last change have grown from 500 to 999 (twice is 1,000)');
      expect(later(9_500)).toMatchObject({ retrain: true, trigger: 'follow-up' });
      expect(later(12_500)).toMatchObject({ retrain: true, trigger: 'follow-up' });
      expect(said(12_501), 'growth is what counts from here on').toBeUndefined();
    });
    test('it is asked of nobody who has not declared it, and waits for cooldown and budget', () => {
      expect(decide({ ...changed, labelledRows: 9_500 }, { newLabelledRows: null }).trigger).toBeNull();
      expect(later(9_500, { rowsServed: 10_500 }).blockedBy).toBe('cooldown');
      expect(later(9_500, { budget: usedUp }).blockedBy).toBe('budget');
      expect(said(9_500, { changedAtLabelledRows: null })).toBeUndefined();
    });
  });
  test('a budget that saves up says with each training what was left of it', () => {
    const saving = { budget: { runs: 1, per: { rows: 5_000 }, savedMax: 3 } };
    const budget = { left: 1.2, text: '1.2 of at most 3 saved-up trainings are left' };
    expect(decide({ decay, budget }, saving).reason).toMatch(/; 1.2 of at most 3 saved-up trainings are left$/);
    expect(decide({ personRequest, budget }, saving).reason).not.toContain('saved-up');
    expect(decide({ decay, budget: { ...budget, left: 0.9 } }, saving).blockedBy).toBe('budget');
  });
  test('schedule and drift retrain where they are on; drift that is off is still said', () => {
    const drift = { window: 7, features: ['amount'] };
    expect(decide({}, { schedule: { rows: 2_000 } }).trigger).toBe('schedule');
    expect(decide({ drift }, { onDrift: true }).trigger).toBe('drift');
    expect(decide({ drift }).reason).toContain('drift in window 7 (amount), but retraining on drift is off');
  });
  test.each([
    ['paused', { decay, isPaused: true }],
    ['running', { decay, isRunning: true }],
    ['cooldown', { decay, rowsServed: 10_400 }],
    ['budget', { decay, budget: usedUp }],
    ['labels', { decay, labelledRows: 9_100 }],
    ['paused', { personRequest, isPaused: true }],
    ['running', { personRequest, isRunning: true }],
    ['budget', { lastTraining: null, budget: usedUp }],
  ] as const)('%s blocks', (blockedBy, changed) => {
    const decision = decide(changed);
    expect(decision).toMatchObject({ retrain: false, blockedBy });
    expect(decision.trigger).not.toBeNull();
    expect(decision.reason).toMatch(/^did not retrain because .*, although /);
  });
  test('what is under way may be a rollout: the reason names both', () => {
    expect(decide({ decay, isRunning: true }).reason).toContain(
      'because a training or a rollout is under way, although',
    );
  });
  test('who overrides what', () => {
    const hurried = { rowsServed: 10_001, labelledRows: 9_000 };
    expect(decide({ ...hurried, personRequest, budget: usedUp }).retrain).toBe(true);
    expect(decide({ ...hurried, specRevision: 4 }).retrain).toBe(true);
    expect(decide({ ...hurried, specRevision: 4, budget: usedUp }).blockedBy).toBe('budget');
  });
  test('precedence, and a blocked trigger does not hold back a free one', () => {
    expect(decide({ specRevision: 4, decay }).trigger).toBe('spec-change');
    expect(decide({ personRequest, lastTraining: null }).trigger).toBe('person');
    const reason = decide({ decay, rowsServed: 10_400 }).reason;
    expect(reason).toBe(
      'did not retrain because the last training is 400 rows ago and the cooldown is 1000 rows, although window 24: ' +
        'Loss is 0.7, 0.5 after promotion: 40 % higher',
    );
  });

  test('a freeze blocks what nobody asked for, and says who and why; a person may still', () => {
    const frozen = 'the model is frozen by ana: month-end closing';
    expect(decide({ decay, frozen })).toMatchObject({
      retrain: false,
      trigger: 'decay',
      blockedBy: 'frozen',
      reason: expect.stringContaining(`did not retrain because ${frozen}, although window 24`),
    });
    expect(decide({ decay, frozen, personRequest })).toMatchObject({ retrain: true, trigger: 'person' });
    expect(decide({ frozen })).toMatchObject({ retrain: false, blockedBy: null });
  });

  test('an imported model is never trained, not even for the first time or for a person', () => {
    expect(decide({ lastTraining: null, isImported: true })).toMatchObject({
      retrain: false,
      trigger: null,
      blockedBy: null,
    });
    expect(decide({ lastTraining: null, isImported: true, personRequest })).toMatchObject({
      retrain: false,
      trigger: 'person',
      blockedBy: 'imported',
    });
  });
});
