import { once } from 'node:events';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Api } from './apis.ts';
import { brokenAnswer, WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

/** Where a broker is, looked up and allowed. */
export interface Endpoint {
  /** An address, so that the name is not looked up a second time, when it may lead elsewhere. */
  readonly address: string;
  /** As it is called, for its certificate. */
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

const connectMs = 10_000;
const answerMs = 30_000;
/** One answer; a fetch asks for far less, and a single batch of messages may be larger than was asked for. */
const answerBytesMax = 64 * 1024 ** 2;
const headBytes = 4;
const clientId = 'perennial-source';

/** One connection to one broker; one request at a time, each with an end. Whatever breaks, closes it. */
export class Connection {
  readonly #socket: Socket;
  readonly #parts: Buffer[] = [];
  #received = 0;
  #lastId = 0;
  #waiting: { readonly resolve: (answer: Buffer) => void; readonly reject: (error: unknown) => void } | null = null;
  #ended: unknown = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  }

  static async open({ address, host, port, isTls }: Endpoint): Promise<Connection> {
    const name = isIP(host) > 0 ? {} : { servername: host };
    const socket = isTls ? connectTls({ host: address, port, ...name }) : connectPlain({ host: address, port });
    socket.setNoDelay(true);
    const timer = setTimeout(() => socket.destroy(timedOut()), connectMs);
    try {
      await once(socket, isTls ? 'secureConnect' : 'connect');
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return new Connection(socket);
  }

  async send<Answer>({ key, version, isFlexible = false, body, read }: Api<Answer>): Promise<Answer> {
    if (this.#ended !== null) throw this.#ended;
    const id = ++this.#lastId;
    const head = new WireWriter().int16(key).int16(version).int32(id).string(clientId);
    if (isFlexible) head.uvarint(0);
    const answer = this.#answer();
    this.#socket.write(new WireWriter().bytes(head.raw(body).toBuffer()).toBuffer());
    const reader = new WireReader(await answer);
    if (reader.int32() !== id) throw brokenAnswer('belongs to another request');
    if (isFlexible) reader.tags();
    return read(reader);
  }

  close(): void {
    this.#socket.destroy();
  }

  #answer(): Promise<Buffer> {
    return new Promise<Buffer>((resolve, reject) => {
      const timer = setTimeout(() => this.#socket.destroy(timedOut()), answerMs);
      const done = <Value>(then: (value: Value) => void) => {
        return (value: Value) => {
          clearTimeout(timer);
          this.#waiting = null;
          then(value);
        };
      };
      this.#waiting = { resolve: done(resolve), reject: done(reject) };
    });
  }

  #take(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#received += chunk.length;
    if (this.#received < headBytes) return;
    const head = this.#parts[0];
    const whole = head !== undefined && head.length >= headBytes ? head : this.#joined();
    const length = whole.readInt32BE(0);
    if (length < 0 || length > answerBytesMax) {
      this.#socket.destroy(brokenAnswer(`is ${length} bytes long, or says so`));
      return;
    }
    if (this.#received < headBytes + length) return;
    const bytes = this.#joined();
    this.#parts.length = 0;
    this.#received = 0;
    // One request at a time: nothing comes behind an answer.
    if (this.#waiting === null || bytes.length !== headBytes + length)
      this.#socket.destroy(brokenAnswer('is not what was asked for'));
    else this.#waiting.resolve(bytes.subarray(headBytes));
  }

  #joined(): Buffer {
    const bytes = Buffer.concat(this.#parts);
    this.#parts.splice(0, this.#parts.length, bytes);
    return bytes;
  }

  #end(error: unknown): void {
    this.#ended ??= error;
    this.#waiting?.reject(this.#ended);
  }
}

function timedOut(): Error {
  return Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' });
}
