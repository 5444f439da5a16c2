import { describe, expect, test } from 'vitest';
import { PerennialError } from '../domain/words/errors.ts';
import { ruleOf } from './permissions.ts';
import { authorise, authoriseEverywhere, type Principal } from './principal.ts';
import { roles } from '../domain/record/closed-sets.ts';
import { hasPermission, type Permission } from './roles.ts';
import { isInScope } from './scope.ts';
import { bearerOf, hashSecret, isSecretShaped, newSecret, isSameHash } from './secret.ts';

const principal = (role: Principal['role'], scope: string): Principal => ({ tokenId: 't', name: 'test', role, scope });

test.each([
  ['*', 'fraud', true],
  ['*', 'payments.fraud', true],
  ['payments.*', 'payments.fraud', true],
  ['payments.*', 'payments', false],
  ['payments.*', 'xpayments.fraud', false],
  ['fraud', 'fraud', true],
  ['fraud', 'fraud2', false],
  ['fraud', 'frau', false],
  ['*.fraud', 'payments.fraud', true],
  ['p*s.f*', 'payments.fraud', true],
  ['payments.fraud', 'paymentsxfraud', false],
  ['', 'fraud', false],
])('scope %s covers %s: %s', (glob, model, expected) => {
  expect(isInScope(glob, model)).toBe(expected);
});

test('a hostile scope does not stall', () => {
  // One that tried all ways to match would take longer than the limit of a test, by many years.
  expect(isInScope('*a'.repeat(60), 'b'.repeat(128))).toBe(false);
});

test('roles have exactly what they are given', () => {
  const all: Permission[] = ['read', 'predict', 'rows:write', 'training:work', 'operate', 'apply', 'audit', 'tokens'];
  const table = Object.fromEntries(
    roles.map((role) => [role, all.filter((permission) => hasPermission(role, permission))]),
  );
  expect(table).toEqual({
    viewer: ['read', 'audit'],
    predictor: ['predict'],
    writer: ['rows:write'],
    trainer: ['training:work'],
    operator: ['read', 'operate', 'audit'],
    admin: all,
  });
});

describe('authorise', () => {
  test('needs the role', () => {
    expect(() => authorise(principal('viewer', '*'), 'operate', 'fraud')).toThrow('this needs operator or admin');
  });
  test('needs the scope', () => {
    expect(() => authorise(principal('admin', 'payments.*'), 'apply', 'fraud')).toThrow(
      'covers models named "payments.*"',
    );
  });
  test('tokens for everything need the scope *', () => {
    expect(() => authoriseEverywhere(principal('admin', 'payments.*'), 'tokens')).toThrow(PerennialError);
    expect(() => authoriseEverywhere(principal('admin', '*'), 'tokens')).not.toThrow();
  });
});

test('a route that is not in the table has no rule, also under names of Object', () => {
  expect(ruleOf('get', '/v1/models')).toBe('read');
  expect(ruleOf('GET', '/v1/secrets')).toBeNull();
  expect(ruleOf('toString', '')).toBeNull();
});

test('secrets are long, recognisable and compared by digest', () => {
  const secret = newSecret();
  expect(isSecretShaped(secret)).toBe(true);
  expect(newSecret()).not.toBe(secret);
  expect(isSameHash(hashSecret(secret), hashSecret(secret))).toBe(true);
  expect(isSameHash(hashSecret(secret), hashSecret(`${secret}x`))).toBe(false);
  expect(isSameHash('', '')).toBe(false);
});

test.each([
  ['Bearer abc', 'abc'],
  ['bearer abc', 'abc'],
  ['Basic abc', null],
  ['Bearer a b', null],
  [undefined, null],
])('bearer of %s is %s', (header, expected) => {
  expect(bearerOf(header)).toBe(expected);
});
