import { describe, expect, it } from 'vitest';
import { createPaymentsFeed } from './payments.ts';

const options = {
  seed: 5,
  historyRows: 200,
  changes: [{ atRow: 300, name: 'new-fraud-pattern' as const }],
  rowsPerRequest: 50,
};

describe('createPaymentsFeed', () => {
  it('gives the same requests whether played from the beginning or resumed in the middle', () => {
    const whole = createPaymentsFeed(options);
    const first = whole.batches(0, 500);
    const second = whole.batches(500, 1_000);
    expect(createPaymentsFeed(options).batches(500, 1_000)).toEqual(second);
    expect(first.flatMap(({ rows }) => rows).map(({ predictionId }) => predictionId)).toEqual(
      Array.from({ length: 500 }, (_, i) => `pay-5-${String(200 + i).padStart(7, '0')}`),
    );
    expect(first.concat(second).every(({ rows }) => rows.length === 50)).toBe(true);
  });

  it('sends each label after its payment, late by what the world says, and counts what it has sent', () => {
    const feed = createPaymentsFeed(options);
    const batches = feed.batches(0, 2_000);
    const sentBefore = new Map<string, number>();
    const seen = new Set<string>();
    let labels = 0;
    batches.forEach(({ labels: due, rows }) => {
      for (const label of due) {
        const id = label.labelId.replace(/-(first|corrected)$/, '');
        expect(seen.has(id)).toBe(true);
        sentBefore.set(label.labelId, labels);
        labels += 1;
      }
      for (const { predictionId } of rows) seen.add(predictionId);
    });
    const tally = feed.labelsBefore(2_000 - options.rowsPerRequest);
    expect(sentBefore.size).toBe(tally.distinct);
    expect(labels).toBe(tally.distinct + tally.duplicates);
    expect(tally.corrections).toBeGreaterThan(0);
    expect(tally.duplicates).toBeGreaterThan(0);
    expect(tally.never).toBeGreaterThan(0);
    expect(tally.byEntityAndTime / tally.distinct).toBeCloseTo(0.25, 1);
  });
});
