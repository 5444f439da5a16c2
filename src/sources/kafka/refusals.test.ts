import { expect, test } from 'vitest';
import { refused } from './refusals.ts';

test.each([
  ['CERT_HAS_EXPIRED', 'source.brokers', 'has a certificate that has expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'source.brokers', 'has a certificate for another name'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'source.ca', 'has a certificate of an authority that is not trusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'source.ca', 'has a certificate of an authority that is not trusted'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'source.tls', 'speaks no TLS at that port'],
  [
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    'source.brokers',
    'asks for a certificate of its clients, or for what TLS of Node does not offer',
  ],
  ['ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', 'source.tls', 'could not agree on TLS with this worker'],
  ['EPROTO', 'source.tls', 'could not agree on TLS with this worker'],
])('%s is one sentence about what it is, at the place where it is mended', (code, path, what) => {
  expect(refused(Object.assign(new Error('library'), { code }), 'kafka:9093')).toMatchObject({
    path,
    message: `The broker kafka:9093 ${what}.`,
  });
});

test.each([
  ['tlsv13 alert certificate required', 'source.brokers', /^The broker kafka:9093 asks for a certificate/],
  ['wrong version number', 'source.tls', /speaks no TLS at that port/],
  ['tlsv1 alert internal error', 'source.tls', /could not agree on TLS/],
])('"%s" is the same while something is written', (reason, path, what) => {
  const message = `write EPROTO 80EC878CAF7F0000:error:0A00045C:SSL routines:ssl3_read_bytes:${reason}:../s3.c:1605:\n`;
  const error = Object.assign(new Error(message), { code: 'EPROTO', syscall: 'write' });
  expect(refused(error, 'kafka:9093')).toMatchObject({ path, message: expect.stringMatching(what) });
});

test('a connection that ends while it is written to is the broker, and a full disk is ours', () => {
  const failure = (code: string) => Object.assign(new Error(`write ${code}`), { code, syscall: 'write' });
  for (const code of ['EPIPE', 'ECONNRESET'])
    expect(refused(failure(code), 'kafka:9093')).toMatchObject({
      path: 'source.brokers',
      message: 'The broker kafka:9093 ended the connection.',
    });
  const full = failure('ENOSPC');
  expect(refused(full, 'kafka:9093')).toBe(full);
});
