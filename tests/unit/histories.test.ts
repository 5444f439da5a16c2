import process from 'node:process';
import { expect, test } from 'vitest';
import { createRandom } from '../../src/statistics/numeric/random.ts';
import { after, brokenBetween, firstStanding, randomWords, type Word } from '../worlds/routing-model.ts';

/** `npm run soak` plays all of them. */
// oxlint-disable-next-line no-process-env -- the soak says so by the environment
const histories = process.env['PERENNIAL_SOAK'] === '1' ? 100_000 : 500;
const wordsPerHistory = 40;

test('no history of promotions, ways back, freezes, kills and trainings breaks a rule', { timeout: 600_000 }, () => {
  const broken: unknown[] = [];
  for (let seed = 1; seed <= histories && broken.length < 5; seed++) {
    let standing = firstStanding;
    for (const word of randomWords(createRandom(seed), wordsPerHistory)) {
      const next = after(standing, word);
      const rules = brokenBetween(standing, word, next);
      if (rules.length > 0) broken.push({ seed, word, standing, next, rules });
      standing = next;
    }
  }
  expect(broken).toEqual([]);
});

test('a rule that is broken is seen', () => {
  const word: Word = { say: 'repeat', ago: 1 };
  const back = { ...firstStanding, champion: 2 };
  expect(brokenBetween(firstStanding, word, back)).toContain('what is said again changes nothing');
  expect(brokenBetween({ ...firstStanding, frozen: 'freeze' }, { say: 'step' }, { ...firstStanding })).toContain(
    'nothing automatic changes a frozen model',
  );
});
