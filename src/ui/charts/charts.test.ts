import { describe, expect, test } from 'vitest';
import { Bars, Interval, TrafficBar } from './bars.tsx';
import { HeatMap } from './heat-map.tsx';
import { HistogramPair } from './histogram-pair.tsx';
import { LineChart } from './line-chart.tsx';
import { Ring } from './ring.tsx';
import { place, scaleOf } from './scale.ts';
import { Sparkline } from './sparkline.tsx';
import { StepBar } from './step-bar.tsx';

const hostile = '"><script>alert(1)</script>';

const drawn = {
  line: () =>
    LineChart({
      label: hostile,
      xLabel: 'window',
      series: [
        {
          name: hostile,
          points: [
            { x: 1, y: 2 },
            { x: 2, y: null },
            { x: 3, y: 4, isHollow: true },
          ],
        },
      ],
      threshold: { value: 3, label: hostile },
      marks: [{ x: 2, label: hostile }],
    }),
  spark: () => Sparkline({ label: hostile, values: [1, null, 3], threshold: 2 }),
  traffic: () =>
    TrafficBar({
      parts: [
        { name: hostile, share: 0.75 },
        { name: 'b', share: 0.25 },
      ],
    }),
  bars: () =>
    Bars({
      label: hostile,
      items: [
        { label: hostile, value: -2 },
        { label: 'b', value: 1 },
      ],
    }),
  interval: () => Interval({ label: hostile, low: -1, estimate: 0.5, high: 2, zero: 0 }),
  histogram: () =>
    HistogramPair({
      label: hostile,
      cells: [
        { label: hostile, reference: 0.5, current: 0.25 },
        { label: 'b', reference: 0.5, current: 0.75 },
      ],
    }),
  heat: () =>
    HeatMap({
      label: hostile,
      rows: [hostile],
      columns: [hostile, 'b'],
      value: (_, c) => (c === 0 ? 0.4 : null),
      hit: () => true,
      scale: 0.2,
    }),
  ring: () =>
    Ring({
      acts: [
        { name: hostile, href: '#a' },
        { name: 'b', href: '#b' },
      ],
      lit: 'b',
      hub: hostile,
    }),
  steps: () => StepBar({ steps: [{ name: hostile, detail: hostile }], at: 0, state: 'held' }),
};

describe.each(Object.entries(drawn))('%s', (_, draw) => {
  const html = String(draw());

  test('lets no text become markup, and has no style of its own', () => {
    expect(html).not.toContain('<script');
    expect(html).not.toMatch(/\sstyle=|\son\w+=/);
    expect(html).not.toContain('NaN');
  });

  test('says in words what it shows', () => {
    expect(html).toMatch(/aria-label=|aria-current=|<li/);
  });
});

test('a gap in a line stays a gap', () => {
  const html = String(drawn.line());
  expect(html.match(/<path class="line s0" d="([^"]*)"/)?.[1]).toMatch(/^M0 [\d.]+M100 [\d.]+$/);
  expect(html).toContain('hollow: labels still coming in');
});

test('a line chart without values says so instead of an empty frame', () => {
  expect(String(LineChart({ label: 'x', xLabel: 'window', series: [{ name: 'a', points: [] }] }))).toContain(
    'nothing to draw yet',
  );
});

test('a heat map joins neighbours of one colour and leaves out what was not measured', () => {
  const html = String(
    HeatMap({
      label: 'x',
      rows: ['a'],
      columns: ['1', '2', '3', '4'],
      value: (_, c) => [1, 1, null, 0][c] ?? null,
      scale: 1,
    }),
  );
  expect(html.match(/<rect class="h5" x="0%" width="50%"/g)).toHaveLength(1);
  expect(html.match(/<rect class="hx"/g)).toHaveLength(1);
});

test('the step that waits is marked for who does not see colours', () => {
  const html = String(StepBar({ steps: [{ name: 'shadow' }, { name: 'canary' }], at: 1, state: 'held' }));
  expect(html).toContain('aria-current="step"');
  expect(html).toContain('waits for a person');
});

describe('scaleOf', () => {
  test.each([
    [[0.1, 0.93], 0, 1],
    [[3, 3], 2.6, 3.4],
    [[], 0, 1],
    [[-5, 17], -10, 20],
    [[1e-9, 2e-9], 1e-9, 2e-9],
  ])('%j lies within readable bounds', (values, low, high) => {
    const scale = scaleOf(values);
    expect(scale.low).toBeCloseTo(low, 12);
    expect(scale.high).toBeCloseTo(high, 12);
    expect(scale.ticks[0]).toBeCloseTo(low, 12);
    expect(scale.ticks.at(-1)).toBeCloseTo(high, 12);
  });

  test('a constant is drawn, not divided by nought', () => {
    expect(place(3, 3, 3)).toBe(50);
    expect(scaleOf([0, 0]).high).toBeGreaterThan(0);
  });
});
