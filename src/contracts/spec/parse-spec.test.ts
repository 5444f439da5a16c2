import { describe, expect, test } from 'vitest';
import { completeSpec, type ModelSpecInput } from '../../domain/spec/default-spec.ts';
import { isPerennialError, type PerennialError } from '../../domain/words/errors.ts';
import { parseSpec } from './parse-spec.ts';
import { errorOfProblem, problemOf } from '../http/problem.ts';

const input: ModelSpecInput = {
  name: 'payments.fraud',
  about: { owner: 'payments', useCase: 'Tests.', successCriterion: 'They pass.' },
  features: [
    { kind: 'number', name: 'amount', missing: 'refuse', min: 0 },
    { kind: 'category', name: 'country', missing: 'allow' },
  ],
  target: { task: 'binary', column: 'outcome', positive: 'fraud', negative: 'genuine', labelDelay: { rows: 100 } },
  source: { kind: 'file', path: 'a.csv', format: 'csv' },
};

/** The whole spec as loose JSON, so that a test can break one place. */
function broken(change: (spec: Record<string, never>) => void): unknown {
  const spec: Record<string, never> = JSON.parse(JSON.stringify(completeSpec(input)));
  change(spec);
  return spec;
}

function refusal(spec: unknown): PerennialError {
  try {
    parseSpec(spec);
  } catch (error) {
    if (isPerennialError(error)) return error;
    throw error;
  }
  throw new Error('the spec was accepted');
}

test('a complete spec comes back as it was', () => {
  const spec = completeSpec(input);
  expect(parseSpec(spec)).toEqual(JSON.parse(JSON.stringify(spec)));
});

test('so does one with derived features; what an expression may not be is named with its place', () => {
  const column = { op: 'column', name: 'amount' } as const;
  const withExpression = (expression: unknown) => ({
    ...JSON.parse(JSON.stringify(completeSpec(input))),
    derived: [{ name: 'd', expression }],
  });
  const spec = withExpression({ op: 'sum', of: [column, { op: 'value', value: 1 }] });
  expect(parseSpec(spec)).toEqual(spec);
  expect(refusal(withExpression({ op: 'cube', of: [column] })).message).toMatch(/derived\[0\]\.expression/);
  expect(refusal(withExpression({ op: 'log1p', of: [{ ...column, extra: 1 }] })).message).toMatch(/no member "extra"/);
  expect(refusal(withExpression({ op: 'hour', of: [column], timeZone: 'UTC' })).message).toMatch(
    /derived\[0\]\.expression: derived feature d: hour takes a time; amount is a number/,
  );
  expect(
    refusal(withExpression(JSON.parse(`${'{"op":"log1p","of":['.repeat(40)}1${']}'.repeat(40)}`))).message,
  ).toMatch(/nested deeper than 32/);
  const named = (name: string) => ({ ...spec, derived: [{ name, expression: column }] });
  expect(refusal(named('Country')).message).toMatch(/has the name of another column \(country; case does not count\)/);
  expect(refusal(named('outcome')).message).toMatch(/has the name of another column/);
  const unread = { ...spec, features: [{ ...input.features[1], use: 'derived' }, input.features[0]] };
  expect(refusal(unread).message).toMatch(/country is for derived features alone, and none reads it/);
  const blind = { ...completeSpec(input), features: input.features.map((one) => ({ ...one, use: 'derived' })) };
  expect(refusal(blind).message).toMatch(/the model would see nothing/);
});

test.each([
  ['features[0]', ['amount']],
  ['target', 'outcome'],
  ['source', ['a.csv']],
  ['trainer', 'gbdt'],
  ['repairs[0]', ['trim']],
])('%s of another type is told by its type, and is not called missing', (path, value) => {
  const [member = ''] = path.split('[');
  const given = path === member ? value : value.slice(0, 1);
  const word = typeof value === 'string' || path !== member ? 'text' : 'a list';
  expect(refusal(broken((spec) => Object.assign(spec, { [member]: given }))).message).toContain(
    `${path} must be an object, not ${word}`,
  );
});

test('so does one that goes on from its champion, and one that says nothing of it keeps its words', () => {
  const spec = completeSpec({ ...input, trainer: { kind: 'gbdt', warmStart: true } });
  expect(parseSpec(spec)).toEqual(JSON.parse(JSON.stringify(spec)));
  expect(completeSpec(input).trainer).not.toHaveProperty('warmStart');
  const said = (warmStart: unknown) => refusal({ ...spec, trainer: { ...spec.trainer, warmStart } }).message;
  expect(said('yes')).toContain('trainer.warmStart must be true or false');
  expect(refusal(completeSpec({ ...input, trainer: { kind: 'linear', warmStart: true } as never })).message).toContain(
    'trainer has no member "warmStart"',
  );
});

test('so does one that says what it takes to approve', () => {
  const spec = completeSpec({ ...input, rollout: { approval: { people: 2, atDeadline: 'stay' } } });
  expect(parseSpec(spec)).toEqual(JSON.parse(JSON.stringify(spec)));
});

test('and who may; what is no name of a token is refused', () => {
  const named = (by: readonly string[]) => completeSpec({ ...input, rollout: { approval: { by } } });
  const spec = named(['ann', 'night shift']);
  expect(parseSpec(spec)).toEqual(JSON.parse(JSON.stringify(spec)));
  expect(() => parseSpec(named(['']))).toThrow(/rollout\.approval\.by\[0\] must be 1 to 64 letters/);
});

test('so does one that limits what a rollout may cost, and says when it may move', () => {
  const window = { days: ['fri'], from: '16:00', to: '08:00', timeZone: 'Europe/Berlin' } as const;
  const spec = completeSpec({
    ...input,
    rollout: { excessFailuresMax: 20, freezeWindows: [window] },
  });
  expect(parseSpec(spec)).toEqual(JSON.parse(JSON.stringify(spec)));
  const wrong = { ...spec, rollout: { ...spec.rollout, freezeWindows: [{ ...window, from: '4 pm' }] } };
  expect(() => parseSpec(wrong)).toThrow(/rollout\.freezeWindows\[0\]\.from must be a time of day like "18:00"/);
});

test('so does one that is trained by the calendar or when its source changes', () => {
  const schedule = { cron: '0 3 * * 1', timeZone: 'Europe/Berlin' };
  const spec = completeSpec({ ...input, retrain: { schedule, onSourceChange: true } });
  expect(parseSpec(spec)).toEqual(JSON.parse(JSON.stringify(spec)));
  const wrong = completeSpec({ ...input, retrain: { schedule: { ...schedule, cron: 'mondays' } } });
  expect(refusal(wrong)).toMatchObject({
    path: 'retrain.schedule.cron',
    message: expect.stringContaining('"mondays" is no schedule; use five fields'),
  });
  const nothing = completeSpec({ ...input, retrain: { schedule: {} as never } });
  expect(refusal(nothing)).toMatchObject({ path: expect.stringMatching(/^retrain\.schedule/) });
});

test('undefined members count as left out', () => {
  const spec = {
    ...completeSpec(input),
    features: [{ kind: 'number', name: 'amount', missing: 'refuse', max: undefined }],
  };
  expect(parseSpec(spec).features[0]).toEqual({ kind: 'number', name: 'amount', missing: 'refuse' });
});

describe('a wrong spec names the path and the fix', () => {
  const set = (path: readonly (string | number)[], value: unknown) =>
    broken((spec) => {
      let at: Record<string | number, unknown> = spec;
      for (const part of path.slice(0, -1)) at = at[part] as Record<string | number, unknown>;
      at[path[path.length - 1] ?? ''] = value;
    });

  test.each([
    [['name'], 'Fraud Model', 'name', 'lower-case'],
    [['features', 0, 'min'], '0', 'features[0].min', 'must be a finite number, not text'],
    [['features', 0, 'minimum'], 0, 'features[0]', 'no member "minimum"'],
    [['features', 0, 'kind'], 'decimal', 'features[0].kind', '"number"'],
    [['features', 1, 'missing'], 'maybe', 'features[1].missing', '"allow"'],
    [['rollout', 'alpha'], 1.5, 'rollout.alpha', 'at most 1'],
    [
      ['rollout', 'canary'],
      [{ percent: 0, extent: { rows: 5 } }],
      'rollout.canary[0].percent',
      'at least 0 (exclusive)',
    ],
    [['rollout', 'shadow'], { rows: 0 }, 'rollout.shadow', 'at least 1'],
    [['rollout', 'shadow'], '5 minutes', 'rollout.shadow', '{ rows: <whole number> }'],
    [['rollout', 'slowms'], 5, 'rollout', 'did you mean "slowMs"?'],
    [['watch', 'webhooks'], ['ftp://x'], 'watch.webhooks[0]', 'http://'],
    [['target', 'task'], 'ranking', 'target.task', '"binary"'],
    [['target', 'positive'], undefined, 'target.positive', 'is missing'],
    [['source', 'path'], 'a\u0000b', 'source.path', 'NUL'],
    [['about', 'owner'], 'a\u0000', 'about.owner', 'NUL'],
    [
      ['repairs'],
      [{ repair: 'fill', column: 'color', constant: 'a\u0000' }],
      'repairs[0].constant has a NUL character',
      'leave it out',
    ],
    [['features', 1, 'values'], ['a', '\ud800'], 'features[1].values[1]', 'half of a character'],
    [['source', 'kind'], 'bucket', 'source.kind', 'must be "file"'],
    [['source'], 'a.csv', 'source', 'object'],
    [['split', 'testShare'], NaN, 'testShare', 'write a finite number'],
  ])('%j = %j', (path, value, place, words) => {
    const error = refusal(set(path, value));
    expect(error.code).toBe('invalid_spec');
    expect(error.message).toContain(place);
    expect(error.message).toContain(words);
  });

  const table = { kind: 'postgres', secret: 'shop', query: 'select 1', cursor: { column: 'at', tieBreaker: 'id' } };
  test.each([
    [{ secret: 'postgres://u:hunter2@db/x' }, 'source.secret', 'lower-case letters'],
    [{ cursor: { column: 'at' } }, 'source.cursor.tieBreaker', 'is missing'],
    [{ cursor: { ...table.cursor, overlapMs: 1, overlapRows: 1 } }, 'source.cursor', 'must not have both'],
    [{ cursor: { ...table.cursor, overlapRows: 50_001 } }, 'source.cursor.overlapRows', '50000'],
    [{ version: 'select 2' }, 'source', 'must not have both a cursor and a version'],
    [{ query: '' }, 'source.query', 'at least 1'],
    [{ batchRows: 0 }, 'source.batchRows', 'at least 1'],
    [{ timeoutMs: 10 }, 'source.timeoutMs', 'at least 1000'],
    [{ url: 'postgres://db/x' }, 'source', 'has no member "url"'],
  ])('a Postgres source with %j', (change, place, words) => {
    const error = refusal(set(['source'], { ...table, ...change }));
    expect(error.message).toContain(place);
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('hunter2');
  });

  test('what two members must agree on is checked too', () => {
    const error = refusal(set(['target', 'column'], 'amount'));
    expect(error.message).toContain('amount');
  });

  test('something else altogether', () => {
    expect(refusal(undefined).message).toContain('must be an object');
    expect(refusal('fraud').message).toContain('the document must be an object, not text');
    expect(refusal(Object.assign(() => 1)).message).toContain('function');
  });
});

test('a problem survives the wire', () => {
  const error = refusal('fraud');
  const again = errorOfProblem(JSON.parse(JSON.stringify(problemOf(error, 'r1'))));
  expect(again).toMatchObject({ code: error.code, message: error.message, hint: error.hint });
  expect(errorOfProblem({ status: 500 })).toBeNull();
});

test('what is not ours says nothing about its inside', () => {
  expect(JSON.stringify(problemOf(new Error('password=hunter2'), 'r1'))).not.toContain('hunter2');
});
