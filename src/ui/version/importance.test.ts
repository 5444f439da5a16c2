import { describe, expect, it } from 'vitest';
import type { VersionPage } from '../../db/pages/version.ts';
import { Importance } from './importance.tsx';

const report = {
  importance: [{ feature: 'amount', gain: 1 }],
  release: { family: 'gbdt', modelFile: 'release.onnx', threshold: null, testMetrics: { rows: 1 }, trees: 40 },
} as const;
const textOf = (changes: Partial<VersionPage['report']>): string =>
  String(Importance({ page: { report: { ...report, ...changes } } as VersionPage }));

describe('what a version leans on', () => {
  it('says what its shares are of', () => {
    expect(textOf({})).toContain('the total gain of all splits');
    expect(textOf({ release: { ...report.release, family: 'linear', trees: 0 } })).toContain('the spread of the score');
    const from = { version: 3, digest: 'd', trees: 20, rows: 500 };
    const warm = textOf({ warmStart: { text: 'It goes on from v3.', from } });
    expect(warm).toContain('what all splits explain of the leaves behind them');
    expect(warm).toContain('It goes on from v3.');
  });

  it('shows how far each input moves a score, where the training has measured it', () => {
    expect(textOf({})).not.toContain('How far each input moves');
    const text = textOf({ contributions: { rows: 100, features: [{ feature: 'amount', mean: 0.41234 }] } });
    expect(text).toContain('the mean of 100 test rows');
    expect(text).toContain('0.412');
  });
});
