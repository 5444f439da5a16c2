import { expect, test } from 'vitest';
import { QualitySection } from './quality-section.tsx';
import type { SectionProps } from '../section.ts';

/** Windows that were judged, and never measured. */
const pageOf = (verdicts: readonly (string | null)[]) => {
  const windows = verdicts.map((verdict, i) => {
    const success = { verdict, text: `Accuracy in ${i + 1}.` };
    const evidence = { champion: 1, drift: null, decay: null, ...(verdict === null ? {} : { success }) };
    return { number: i + 1, quality: null, evidence };
  });
  const maturity = { throughSeq: 0, delayRows: null, basis: 'none', text: 'No row is mature yet.' };
  const outline = { metric: 'logLoss', currency: null };
  const view = { windows, outline, arrival: { maturity } } as unknown as SectionProps['view'];
  return String(QualitySection({ call: {} as SectionProps['call'], name: 'fraud', view }));
};

test('the latest window says whether success is met, with how many of those shown met it', () => {
  const html = pageOf([null, 'met', 'not-met', 'not-yet', 'met']);
  expect(html).toContain('<span class="state good">met</span> Window 5: Accuracy in 5.');
  expect(html).toContain('Of 4 windows shown, 2 met it, 1 did not, 1 prove neither.');
});

test('a criterion in words leaves no trace', () => {
  expect(pageOf([null, null])).not.toContain('id="success"');
});
