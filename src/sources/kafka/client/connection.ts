import { isIP, type Socket } from 'node:net';
import type { Connection, Reader } from '@platformatic/kafka';
import { isPerennialError, PerennialError } from '../../../domain/words/errors.ts';
import { AnswerOfWrongLength, brokenAnswer } from '../refusals.ts';
import { frameGuard } from './frame-guard.ts';

/** The client library; it is loaded where a topic is read, and nowhere else. */
export type Library = typeof import('@platformatic/kafka');

/** Where a broker is, looked up and allowed. */
export interface Endpoint {
  /** An address, so that the name is not looked up a second time, when it may lead elsewhere. */
  readonly address: string;
  /** As it is called, for its certificate. */
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** Certificates (PEM) of the authority that alone is trusted; null trusts what Node does. */
  readonly ca: string | null;
  /** The certificate of this client and its key (PEM); null shows none. */
  readonly client: { readonly cert: string; readonly key: string } | null;
}

/** One request to a broker, by the library. */
export type Ask<Answer> = (connection: Connection, library: Library) => Promise<Answer>;

const connectMs = 10_000;
const answerMs = 30_000;
const clientId = 'perennial-source';

/** A connection of the library to one broker, fenced in: whatever it is sent, each request has an end. */
export class BrokerConnection {
  readonly #library: Library;
  readonly #connection: Connection;
  #broken: unknown = null;

  private constructor(library: Library, connection: Connection) {
    this.#library = library;
    this.#connection = connection;
    // Without a listener an error ends the process; and behind one the library reads on in the middle of an answer.
    connection.on('error', (error: unknown) => this.#end(error));
  }

  static async open({ address, host, port, isTls, ca, client }: Endpoint): Promise<BrokerConnection> {
    const library = await import('@platformatic/kafka');
    const name = isIP(host) > 0 ? {} : { servername: host };
    const connection = new library.Connection(clientId, {
      connectTimeout: connectMs,
      maxInflights: 1,
      ...(isTls ? { tls: { ...name, ...(ca === null ? {} : { ca }), ...client } } : {}),
    });
    guardAnswers(connection);
    const opened = new BrokerConnection(library, connection);
    const connected = Promise.resolve(connection.connect(address, port));
    guardFrames(connection.socket);
    await opened.#inTime(connected, connectMs).catch((error: unknown) => {
      throw isTls && isEnded(error) ? brokenOff() : error;
    });
    return opened;
  }

  /** Rejects with the first thing that went wrong, or with a PerennialError. */
  ask<Answer>(request: Ask<Answer>): Promise<Answer> {
    return this.#inTime(request(this.#connection, this.#library), answerMs);
  }

  close(): void {
    this.#connection.socket.destroy();
  }

  #end(error: unknown): void {
    this.#broken ??=
      error instanceof this.#library.UnexpectedCorrelationIdError
        ? brokenAnswer('belongs to another request')
        : rootOf(error);
    this.close();
  }

  async #inTime<Answer>(work: Promise<Answer>, limitMs: number): Promise<Answer> {
    const timer = setTimeout(() => this.#connection.socket.destroy(timedOut()), limitMs);
    try {
      return await work;
    } catch (error) {
      throw this.#broken ?? rootOf(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The library reads a frame of any length, and throws in a handler of the socket over one that is too short. */
function guardFrames(socket: Socket): void {
  const refusedLength = frameGuard();
  const emit = socket.emit.bind(socket) as (event: string | symbol, ...values: unknown[]) => boolean;
  socket.emit = (event: string | symbol, ...values: unknown[]): boolean => {
    const [chunk] = values;
    const bytes = event === 'data' && Buffer.isBuffer(chunk) ? refusedLength(chunk) : null;
    if (bytes === null) return emit(event, ...values);
    socket.destroy(new AnswerOfWrongLength(bytes));
    return true;
  };
}

/** A length that is negative, or beyond the answer, would make the library read the same bytes again without end. */
function guardAnswers(connection: Connection): void {
  const send = connection.send.bind(connection);
  connection.send = (key, version, request, parse, hasRequestTags, hasAnswerTags, done) => {
    const read: typeof parse = (id, apiKey, apiVersion, reader) => {
      try {
        return parse(id, apiKey, apiVersion, onlyForward(reader));
      } catch (error) {
        // Numbers of errors are read further on; the words of a library about foreign bytes are of no use to anybody.
        if (isPerennialError(error) || (error instanceof Error && 'response' in error)) throw error;
        throw brokenAnswer('cannot be read');
      }
    };
    send(key, version, request, read, hasRequestTags, hasAnswerTags, done);
  };
}

function onlyForward(reader: Reader): Reader {
  let { position } = reader;
  return Object.defineProperty(reader, 'position', {
    get: () => position,
    set(next: number) {
      if (!(next >= position && next <= reader.length)) throw brokenAnswer('names more than it holds');
      position = next;
    },
  });
}

/** The library wraps what went wrong. */
export function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  return root;
}

function isEnded(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/** What somebody does who speaks no TLS, or is going away. */
function brokenOff(): PerennialError {
  return new PerennialError('unavailable', 'The broker of the source ended the connection before TLS was agreed on.', {
    path: 'source.tls',
    hint: 'Name its port for TLS; where it speaks none, declare `tls: "none"` and no `ca`.',
  });
}

function timedOut(): Error {
  return Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' });
}
