import { cut } from '../../domain/words/cut.ts';
import { isPerennialError, PerennialError } from '../../domain/words/errors.ts';
import { printable } from '../objects/printable.ts';

/** Of our own disk: no fault of the source. */
const diskCalls = new Set(['open', 'write', 'close', 'fsync', 'mkdir', 'unlink']);

/** A failure of a connection as a person should read it; the cause is left out: it may quote what a broker sent. */
export function refused(error: unknown, place: string): unknown {
  if (isPerennialError(error)) return error;
  if (error instanceof Error && 'syscall' in error && diskCalls.has(String(error.syscall))) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const name = saidPlace(place);
  if (/CERT|TLS|UNABLE_TO_|SSL|EPROTO/.test(code))
    return new PerennialError('invalid_data', `The certificate of the broker ${name} is not trusted (${code}).`, {
      path: 'source.tls',
      hint: 'Name its authority in NODE_EXTRA_CA_CERTS of the worker, or declare `tls: "none"` if it speaks none.',
    });
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

/** A broker names other brokers: what it says is foreign. */
export function saidPlace(place: string): string {
  return cut(printable(place), 120);
}

export function brokenAnswer(reason: string): PerennialError {
  return new PerennialError('unavailable', `What the broker of the source answers ${reason}.`, {
    path: 'source.brokers',
    hint: 'Check that the addresses in `source.brokers` are those of a Kafka listener, and whether it speaks TLS.',
  });
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
