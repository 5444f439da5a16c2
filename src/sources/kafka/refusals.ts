import { cut } from '../../domain/words/cut.ts';
import { sayBytes } from '../../domain/words/say.ts';
import { isPerennialError, PerennialError } from '../../domain/words/errors.ts';
import { printable } from '../objects/printable.ts';
import { frameBytesMax } from './client/frame-guard.ts';

/** Of our own disk: no fault of the source. */
const diskCalls = new Set(['open', 'write', 'close', 'fsync', 'mkdir', 'unlink']);
/** A connection is written to as well. */
const ofConnection = /^(EPIPE|EPROTO|ECONN|ETIMEDOUT|EHOST|ENET)/;

/** A failure of a connection as a person should read it; the cause is left out: it may quote what a broker sent. */
export function refused(error: unknown, place: string): unknown {
  if (isPerennialError(error)) return error;
  const code = codeOf(error);
  const isOfDisk = error instanceof Error && 'syscall' in error && diskCalls.has(String(error.syscall));
  if (isOfDisk && !ofConnection.test(code)) return error;
  const name = saidPlace(place);
  const ofTls = tlsRefusals.find(([codes]) => codes.test(code));
  if (ofTls !== undefined) {
    const [, path, what, hint] = ofTls;
    return new PerennialError('invalid_data', `The broker ${name} ${what}.`, { path, hint });
  }
  const what =
    code === 'ECONNREFUSED'
      ? 'refuses connections'
      : /ETIMEDOUT/.test(code)
        ? 'did not answer in time'
        : /^(EHOST|ENET|EAI_AGAIN|EACCES|EPERM)/.test(code)
          ? 'cannot be reached'
          : 'ended the connection';
  return unavailable(`The broker ${name} ${what}.`, 'source.brokers');
}

/** What OpenSSL finds while something is written, such as a missing certificate, is an EPROTO that quotes it. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code !== 'EPROTO' || !(error instanceof Error)) return code;
  const reason = /SSL routines:[^:]*:([^:]+)/.exec(error.message)?.[1] ?? '';
  return `${code}_${reason.toUpperCase().replaceAll(' ', '_')}`;
}

/** What OpenSSL and Node call it, and what a person can do; the first that fits. */
const tlsRefusals: readonly (readonly [codes: RegExp, path: string, what: string, hint: string])[] = [
  [
    /ALERT_(CERTIFICATE_(UNKNOWN|EXPIRED|REVOKED)|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/,
    'source.clientCertificate',
    'does not take the certificate of this client',
    'Name one that is valid now, and signed by an authority that the broker trusts.',
  ],
  [/CERT_HAS_EXPIRED/, 'source.brokers', 'has a certificate that has expired', 'Let who keeps it renew it.'],
  [
    /CERT_NOT_YET_VALID/,
    'source.brokers',
    'has a certificate that is not valid yet',
    'Compare its clock, and that of the worker, with the time.',
  ],
  [
    /ALTNAME_INVALID/,
    'source.brokers',
    'has a certificate for another name',
    'Name it as its certificate does, or let who keeps it add this name.',
  ],
  [
    /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE|PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_SHARED_CIPHER/,
    'source.brokers',
    'asks for a certificate of its clients, or for what TLS of Node does not offer',
    'Name the secrets of one in `source.clientCertificate`, signed by an authority that the broker trusts.',
  ],
  [
    /WRONG_VERSION|PACKET_LENGTH|HTTP_REQUEST/,
    'source.tls',
    'speaks no TLS at that port',
    'Name its port for TLS, or declare `tls: "none"` and no `ca`.',
  ],
  [
    /CERT|UNABLE_TO_/,
    'source.ca',
    'has a certificate of an authority that is not trusted',
    'Name the secret with its certificate in `source.ca`, or its file in NODE_EXTRA_CA_CERTS of the worker.',
  ],
  [
    /TLS|SSL|EPROTO/,
    'source.tls',
    'could not agree on TLS with this worker',
    'Its own log says why; name another listener.',
  ],
];

/** A broker names other brokers: what it says is foreign. */
export function saidPlace(place: string): string {
  return cut(printable(place), 120);
}

export function brokenAnswer(reason: string): PerennialError {
  return new PerennialError('unavailable', ...broken(reason));
}

function broken(reason: string): [message: string, options: { readonly path: string; readonly hint: string }] {
  const hint = 'Check that the addresses in `source.brokers` are those of a Kafka listener, and whether it speaks TLS.';
  return [`What the broker of the source answers ${reason}.`, { path: 'source.brokers', hint }];
}

/** What calls itself so long is no answer of a broker; or, where messages were asked for, one too large to take. */
export class AnswerOfWrongLength extends PerennialError {
  readonly bytes: number;

  constructor(bytes: number) {
    super('unavailable', ...broken(`is ${bytes} bytes long, or says so`));
    this.bytes = bytes;
  }
}

/** Messages that a producer has sent as one, and a broker only hands out so. */
export class MessagesTooLarge extends PerennialError {
  constructor(place: { readonly topic: string; readonly partition: number; readonly offset: number }, bytes: number) {
    const { topic, partition, offset } = place;
    super(
      'invalid_data',
      `What the topic ${topic} hands out in one piece at offset ${offset} of partition ${partition} has ` +
        `${sayBytes(bytes)}; at most ${sayBytes(frameBytesMax)} are read.`,
      {
        path: 'source.topic',
        hint: 'Remove it from the topic (`kafka-delete-records`), and let producers send less in one batch.',
      },
    );
  }
}

export function unavailable(message: string, path: string): PerennialError {
  return new PerennialError('unavailable', message, {
    path,
    hint: 'It is tried again; look at the brokers if it lasts.',
  });
}

/** What a broker answers by number about a topic; zero is no refusal. */
export function refuseError(error: number, topic: string): void {
  if (error === 0) return;
  const row = errors[error];
  if (row === undefined) throw unavailable(`A broker refuses the topic ${topic} (error ${error}).`, 'source.topic');
  const [reason, hint] = row;
  throw new PerennialError('invalid_data', `The topic ${topic} ${reason}.`, { path: 'source.topic', hint });
}

const errors: Readonly<Record<number, readonly [reason: string, hint: string]>> = {
  3: ['is not there', 'Correct its name, or make it: nothing is made by reading.'],
  17: ['has a name that its broker does not take', 'Correct it.'],
  29: ['may not be read with this login', 'Let it read the topic, or correct `source.credentials`.'],
  31: ['may not be read with this login', 'Let it describe the cluster, or correct `source.credentials`.'],
};
