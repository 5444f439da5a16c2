import { expect, test } from 'vitest';
import { PerennialError } from '../../domain/words/errors.ts';
import { refused } from './refusals.ts';

const named = { secret: 'shop', timeoutMs: 1_000 };
const failure = (code: string, more: object = {}) =>
  Object.assign(new Error('connect 10.9.8.7:5432 as hunter2'), { code, ...more });

const ofNode =
  'ECONNREFUSED ECONNRESET EACCES EPERM EHOSTUNREACH ETIMEDOUT EAI_AGAIN ENOENT EWHATEVER CERT_HAS_EXPIRED ' +
  'ERR_TLS_CERT_ALTNAME_INVALID DEPTH_ZERO_SELF_SIGNED_CERT UNABLE_TO_VERIFY_LEAF_SIGNATURE';
const ofServer = '28P01 28000 3D000 57P01 57014 53300 40001 08006 25P03 55P03 22P02 21000 XX000';

test.each(`${ofNode} ${ofServer}`.split(' '))(
  'whatever a connection fails with, nothing of where it leads is said: %s',
  (code) => {
    const error = refused(failure(code, { syscall: 'connect' }), named);
    expect(error).toBeInstanceOf(PerennialError);
    const { message, hint, cause } = error as PerennialError;
    expect(cause).toBeUndefined();
    expect(`${message} ${hint}`).not.toMatch(/10\.9|5432|hunter2/);
  },
);

test('what may pass by itself is tried again, and what a person must mend is not', () => {
  const isRetried = (code: string) => {
    const error = refused(failure(code), named);
    return error instanceof PerennialError && error.retryable;
  };
  expect(['ECONNREFUSED', '57P01', '40001', '53300', '55P03', '57014', 'EAI_AGAIN'].filter(isRetried)).toHaveLength(7);
  expect(['28P01', '3D000', '42501', '42703', '25006', '22P02', 'CERT_HAS_EXPIRED'].filter(isRetried)).toEqual([]);
});

test('a failure of our own disk stays what it is', () => {
  const full = failure('ENOSPC', { syscall: 'write' });
  expect(refused(full, named)).toBe(full);
});
