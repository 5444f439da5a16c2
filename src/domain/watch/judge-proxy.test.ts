import { describe, expect, test } from 'vitest';
import { complaints, idleProxies, proxyStream } from '../../../tests/worlds/proxy-world.ts';
import { judgeAgreement, judgeProxy, type ProxyAgreement } from './judge-proxy.ts';

const agreed: ProxyAgreement = { rows: 900, verdict: 'agrees', correlation: 0.4, lower: 0.3, upper: 0.5 };
const call = { name: 'call', meaning: 'they called', better: 'lower' } as const;
const calls = (share: number, rows = 500) =>
  Array.from({ length: rows }, (_, row) => (Math.floor(row * share) > Math.floor((row - 1) * share) ? 1 : 0));
const means = (count: number) => Array.from({ length: count }, (_, at) => 0.1 + 0.01 * ((at % 3) - 1));
const asked = { values: calls(0.1), windowRows: 500, earlierMeans: means(20), agreement: agreed, proxies: 1 };

describe('judgeAgreement', () => {
  test('complaints that follow the loss agree, in the direction that was declared and in no other', () => {
    const { rows } = proxyStream(complaints, 1_000, 'agree');
    const found = judgeAgreement(rows, 'lower', null);
    expect(found).toMatchObject({ verdict: 'agrees', rows: 1_000 });
    expect(found.lower).toBeGreaterThan(0.1);
    expect(found.correlation).toBeGreaterThan(found.lower ?? 1);
    const turned = judgeAgreement(rows, 'higher', null);
    expect(turned.verdict).toBe('does-not-agree');
    expect(turned.correlation).toBeCloseTo(-(found.correlation ?? 0), 10);
  });
  test('the correlation is that of Pearson', () => {
    const rows = Array.from({ length: 200 }, (_, at) => ({
      value: [1, 2, 3, 4][at % 4] ?? 0,
      loss: [1, 3, 2, 5][at % 4] ?? 0,
    }));
    // Of 1, 2, 3, 4 with 1, 3, 2, 5.
    expect(judgeAgreement(rows, 'lower', null).correlation).toBeCloseTo(5.5 / Math.sqrt(5 * 8.75), 10);
  });
  test('few rows, and values that never differ, prove nothing', () => {
    const { rows } = proxyStream(complaints, 199, 'few');
    expect(judgeAgreement(rows, 'lower', null)).toMatchObject({ verdict: 'not-yet', correlation: null });
    const alike = proxyStream(complaints, 400, 'alike').rows.map(({ loss }) => ({ loss, value: 1 }));
    expect(judgeAgreement(alike, 'lower', null)).toMatchObject({ verdict: 'not-yet', correlation: null });
  });
  test.each(idleProxies)('$name: next to never said to agree', (world) => {
    const streams = Array.from({ length: 60 }, (_, run) => proxyStream(world, 1_000, `${world.name} ${run}`));
    const found = streams.filter(({ rows, groups }) => judgeAgreement(rows, 'lower', groups).verdict === 'agrees');
    expect(found.length).toBeLessThanOrEqual(1);
  });
});

describe('judgeProxy', () => {
  test('steady, worse and better, each with its mean, interval and coverage', () => {
    const steady = judgeProxy(call, asked);
    expect(steady).toMatchObject({ verdict: 'steady', rows: 500, coverage: 1, mean: 0.1 });
    expect(steady.lower).toBeLessThan(0.1);
    expect(steady.upper).toBeGreaterThan(0.1);
    const worse = judgeProxy(call, { ...asked, values: calls(0.3, 450) });
    expect(worse).toMatchObject({ verdict: 'worse', coverage: 0.9, reference: { windows: 20 } });
    expect(worse.text).toMatch(
      /^call \(they called\): mean 0\.3.* of 450 values for 500 rows \(90 %\); it was 0\.0995/,
    );
    expect(worse.text).toMatch(/: worse\. It agrees with labels: its correlation with the loss is 0\.4, 0\.3 to 0\.5/);
    expect(judgeProxy(call, { ...asked, values: calls(0.02) }).verdict).toBe('steady');
    expect(judgeProxy({ ...call, better: 'higher' }, { ...asked, values: calls(0.02) }).verdict).toBe('worse');
  });
  test('few values, or few windows before it, compare nothing', () => {
    expect(judgeProxy(call, { ...asked, values: calls(0.5, 29) })).toMatchObject({
      verdict: 'insufficient',
      mean: null,
    });
    const young = judgeProxy(call, { ...asked, values: calls(0.9), earlierMeans: means(9) });
    expect(young).toMatchObject({ verdict: 'insufficient', reference: null });
    expect(young.mean).toBeCloseTo(0.9, 2);
  });
});
