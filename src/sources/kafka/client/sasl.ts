import type { Connection } from '@platformatic/kafka';
import type { SaslMechanism } from '../../../domain/spec/closed-sets.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { brokenAnswer } from '../refusals.ts';
import { rootOf, type Ask, type Library } from './connection.ts';

export interface Login {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: string;
}

const wireNames = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const satisfies Readonly<Record<SaslMechanism, string>>;

/** Nothing else runs while a proof is computed; brokers ask for 4,096 to 16,384. */
const iterationsMax = 100_000;

/** Says who is there, on a connection that has just been opened. */
export function authenticate(login: Login): Ask<void> {
  return async (connection, library) => {
    try {
      await library.saslHandshakeV1.api.async(connection, wireNames[login.mechanism]);
    } catch (error) {
      throw error instanceof library.ResponseError ? notOffered(login.mechanism, offeredIn(error)) : error;
    }
    try {
      await proved(login, connection, library);
    } catch (error) {
      const root = rootOf(error);
      if (root instanceof library.ResponseError) throw notLetIn();
      if (root instanceof library.AuthenticationError) throw brokenAnswer('does not prove that it knows the password');
      throw root;
    }
  };
}

function proved({ mechanism, username, password }: Login, connection: Connection, library: Library): Promise<unknown> {
  const { saslPlain, saslScramSha, saslAuthenticateV2 } = library;
  if (mechanism === 'plain') return saslPlain.authenticate(saslAuthenticateV2.api, connection, username, password);
  const { hi, ...others } = saslScramSha.defaultCrypto;
  return new Promise((resolve, reject) => {
    const crypto: typeof saslScramSha.defaultCrypto = {
      ...others,
      hi(definition, word, salt, iterations) {
        if (!(iterations <= iterationsMax)) throw brokenAnswer('asks for a proof of too much work');
        return hi(definition, word, salt, iterations);
      },
    };
    // What the library throws over a challenge that is none would be thrown in a handler of the socket.
    const step = (to: Connection, bytes: Buffer, done: Parameters<Library['saslAuthenticateV2']['api']>[2]): void =>
      saslAuthenticateV2.api(to, bytes, (error, answer) => {
        try {
          done?.(error, answer);
        } catch (problem) {
          reject(problem instanceof PerennialError ? problem : brokenAnswer('asks for a proof that is no SCRAM'));
        }
      });
    const { async: inPromise, key, version } = saslAuthenticateV2.api;
    const algorithm = mechanism === 'scram-sha-256' ? 'SHA-256' : 'SHA-512';
    saslScramSha.authenticate(
      Object.assign(step, { async: inPromise, key, version }),
      connection,
      algorithm,
      username,
      password,
      crypto,
      (error, answer) => (error === null ? resolve(answer) : reject(error)),
    );
  });
}

function offeredIn(error: object): readonly string[] {
  const { response } = error as { readonly response?: { readonly mechanisms?: readonly string[] } };
  return response?.mechanisms ?? [];
}

function notOffered(mechanism: SaslMechanism, offered: readonly string[]): PerennialError {
  const known = Object.entries(wireNames).flatMap(([name, wire]) => (offered.includes(wire) ? [name] : []));
  return new PerennialError('invalid_data', `The broker of the source does not take a login by ${mechanism}.`, {
    path: 'source.credentials.mechanism',
    hint: known.length === 0 ? 'Ask who keeps it which one it takes.' : `Declare ${known.join(' or ')}.`,
  });
}

function notLetIn(): PerennialError {
  return new PerennialError('invalid_data', 'The broker of the source does not let this login in.', {
    path: 'source.credentials',
    hint: 'Correct what stands in the two secrets, and start the worker again if they are variables.',
  });
}
