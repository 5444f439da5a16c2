import { expect, test } from 'vitest';
import { judgeApproval } from './judge-approval.ts';

const plan = { people: 2, fourEyes: false, atDeadline: 'take-out' } as const;
const of = (approvers: readonly string[], more: Partial<Parameters<typeof judgeApproval>[0]['plan']> = {}) =>
  judgeApproval({ plan: { ...plan, ...more }, approvers: approvers.map(parse), authors: ['ann', 'cid'] });
/** `eve for ann and bob`. */
const parse = (text: string) => {
  const [name = '', delegators = ''] = text.split(' for ');
  return { name, delegators: delegators === '' ? [] : delegators.split(' and ') };
};

test('as many different people as are asked for; the same one twice counts once', () => {
  expect(of([])).toMatchObject({
    isEnough: false,
    missing: 2,
    text: 'approved by nobody yet; 2 more people must approve',
  });
  expect(of(['ann', 'ann'])).toMatchObject({
    isEnough: false,
    given: ['ann'],
    missing: 1,
    text: 'approved by ann; 1 more person must approve',
  });
  expect(of(['ann', 'bob', 'ann'])).toMatchObject({ isEnough: true, missing: 0, text: 'approved by ann and bob' });
  expect(of(['ann'], { people: 1 }).isEnough).toBe(true);
});

test('with four eyes authors count, but one of those who approve is none', () => {
  const fourEyes = true;
  expect(of(['ann'], { people: 1, fourEyes })).toMatchObject({ isEnough: false, missing: 1, isOtherNeeded: true });
  expect(of(['ann', 'cid'], { fourEyes })).toMatchObject({ isEnough: false, missing: 1 });
  expect(of(['ann', 'cid'], { fourEyes }).text).toMatch(/somebody who neither asked for the training nor declared/);
  expect(of(['ann', 'bob'], { fourEyes }).isEnough).toBe(true);
  expect(of(['bob'], { people: 1, fourEyes }).isEnough).toBe(true);
});

test('where the plan names people nobody else counts, and it is said who is left', () => {
  const by = ['ann', 'bob', 'cid'];
  expect(of(['mallory', 'ann', 'eve'], { by })).toMatchObject({
    given: ['ann'],
    missing: 1,
    text: 'approved by ann; 1 more person must approve; bob or cid may',
  });
  expect(of(['ann', 'bob'], { by })).toMatchObject({ isEnough: true, text: 'approved by ann and bob' });
  const eyes = { by, people: 1, fourEyes: true };
  expect(of(['mallory', 'cid'], eyes).text).toMatch(/; bob may$/);
  expect(of(['mallory'], eyes)).toMatchObject({ isEnough: false, missing: 1 });
  expect(of(['ann'], { by: ['ann'], people: 1, fourEyes: true }).text).toMatch(/; nobody whom the plan names is left$/);
});

test('a delegate stands for a name of the plan, which counts once, and is one person', () => {
  const by = ['bob', 'dan', 'fay'];
  expect(of(['eve for bob'], { by })).toMatchObject({ missing: 1, saidBy: 'eve for bob' });
  expect(of(['eve for bob', 'bob'], { by }), 'one name, two people').toMatchObject({ isEnough: false, missing: 1 });
  expect(of(['eve for bob and dan'], { by }), 'two names, one person').toMatchObject({ isEnough: false, missing: 1 });
  expect(of(['dan for bob'], { by }), 'her own name and another').toMatchObject({ isEnough: false, missing: 1 });
  expect(of(['eve for bob and dan', 'dan'], { by })).toMatchObject({
    isEnough: true,
    saidBy: 'eve for bob or dan and dan',
  });
  expect(of(['eve for bob', 'gus for bob'], { by }), 'one name, two delegates').toMatchObject({ missing: 1 });
  expect(of(['eve for mallory'], { by }), 'whom the plan does not name hands nothing on').toMatchObject({ given: [] });
  const left = judgeApproval({
    plan: { ...plan, by, people: 1 },
    approvers: [],
    authors: [],
    delegated: [
      { from: 'bob', to: 'eve' },
      { from: 'mallory', to: 'gus' },
    ],
  });
  expect(left.text).toMatch(/; bob, dan, fay or eve for bob may$/);
});

test('with four eyes an author gets nowhere by handing it on, nor by having it handed', () => {
  const eyes = { by: ['ann', 'bob'], people: 1, fourEyes: true };
  expect(of(['eve for ann'], eyes)).toMatchObject({ isEnough: false, isOtherNeeded: true });
  expect(of(['ann for bob'], eyes)).toMatchObject({ isEnough: false, isOtherNeeded: true });
  expect(of(['eve for bob'], eyes).isEnough).toBe(true);
});
