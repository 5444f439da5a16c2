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

/** Windows whose labels have not come: estimated when they closed, with what their proxies said. */
const unlabelledPage = (trust: string) => {
  const windows = [1, 2].map((number) => ({
    number,
    lastSeq: 100 * number,
    quality: { rows: 100, labelledRows: 0, realised: null, estimated: { logLoss: 0.4 }, firstRealised: null },
    evidence: {
      champion: 1,
      drift: null,
      decay: null,
      estimate: {
        loss: 'logLoss',
        metrics: { logLoss: { trust, interval: { lower: 0.35, upper: 0.5 }, text: `Log loss in ${number}.` } },
        text: `Log loss in ${number}.`,
      },
      proxies: [
        {
          name: 'call',
          verdict: 'worse',
          agreement: { verdict: 'not-yet' },
          mean: 0.2,
          lower: 0.1,
          upper: 0.3,
          text: `call in ${number}.`,
        },
      ],
    },
  }));
  const maturity = { throughSeq: 0, delayRows: null, basis: 'none', text: 'No row is mature yet.' };
  const outline = { metric: 'logLoss', currency: null };
  const view = { windows, outline, arrival: { maturity }, moves: [] } as unknown as SectionProps['view'];
  return String(QualitySection({ call: {} as SectionProps['call'], name: 'fraud', view }));
};

test('before labels, an interval is drawn and the page says whether earlier ones were right', () => {
  const html = unlabelledPage('trusted');
  expect(html).toContain('<span class="state good">trusted</span> Window 2, before its labels: Log loss in 2.');
  expect(html).toContain('where labels were expected to put it');
  expect(html).toContain('estimated, without labels');
  expect(unlabelledPage('not-trusted')).toContain('<span class="state bad">not trusted</span>');
  expect(unlabelledPage('not-yet')).toContain('<span class="state warn">not trusted yet</span>');
});

test('a proxy says how it is, and that it has not agreed with labels', () => {
  const html = unlabelledPage('trusted');
  expect(html).toContain('<span class="state bad">worse</span>');
  expect(html).toContain('<span class="state warn">has not agreed with labels yet</span> Window 2: call in 2.');
  expect(html).toContain('mean of call');
  expect(pageOf(['met'])).not.toContain('id="proxies"');
});
