import { lookup, type LookupAddress } from 'node:dns';
import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPrivateAddress } from './private-address.ts';

export interface ForeignRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * `host:port` that may be reached although it is private; the port is that of the URL, also where it is the default
   * one.
   */
  readonly privateHostsAllowed: readonly string[];
  /** For all of it: name, connection, request and answer. */
  readonly timeoutMs?: number;
  /** A longer answer is an error. */
  readonly answerBytesMax?: number;
}

export interface ForeignAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * The one door to URLs that somebody typed in. http and https only, no redirects, no private address unless it is
 * listed. The name is looked up once and the connection goes to the address that was checked: a name that answers
 * differently the second time (DNS rebinding) gains nothing. Throws an Error that says what is wrong.
 */
export async function fetchForeign(text: string, ask: ForeignRequest): Promise<ForeignAnswer> {
  const { url, isAllowed } = checkForeignUrl(text, ask.privateHostsAllowed);
  const answer = await send(url, ask, isAllowed ? undefined : publicLookup());
  if (answer.status >= 300 && answer.status < 400)
    throw new Error(`${url.host} answered with a redirect (${answer.status}), which is not followed`);
  return answer;
}

/**
 * Throws unless the text is a URL that `fetchForeign` would try; what a name leads to is looked at when it is used. A
 * literal address is judged here: it is never looked up.
 */
export function checkForeignUrl(
  text: string,
  privateHostsAllowed: readonly string[],
  setting = webhookSetting,
): { readonly url: URL; readonly isAllowed: boolean } {
  const url = checkUrl(text);
  const isAllowed = isListed(url, privateHostsAllowed);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isLocal = isIP(host) > 0 ? isPrivateAddress(host) : /(^|\.)localhost\.?$/i.test(host);
  if (isLocal && !isAllowed) throw refused(url.hostname, setting);
  return { url, isAllowed };
}

function checkUrl(text: string): URL {
  if (!URL.canParse(text)) throw new Error('this is no URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new Error(`requests go to http or https, not ${url.protocol}`);
  if (url.username !== '' || url.password !== '')
    throw new Error('a URL must not hold a user name or a password: it is written into logs and lists');
  return url;
}

function isListed(url: URL, allowed: readonly string[]): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return allowed.includes(url.host) || allowed.includes(`${url.hostname}:${port}`);
}

/** Where hosts that may be reached are listed; what is asked for something else has a list of its own. */
const webhookSetting = 'PERENNIAL_WEBHOOK_PRIVATE_HOSTS';

/** The code of an address that was refused, for those who say it in words of their own. */
export const privateAddressCode = 'EPRIVATE';

function refused(host: string, setting: string): Error {
  const error = new Error(`${host} is a private address; list it in ${setting} to allow it`);
  return Object.assign(error, { code: privateAddressCode });
}

/**
 * For node:net in place of its own: answers with public addresses or not at all; one private address refuses the name.
 */
export function publicLookup(setting = webhookSetting): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error !== null) return callback(error, []);
      if (found.length === 0 || found.some(({ address }) => isPrivateAddress(address)))
        return callback(refused(hostname, setting), []);
      if (options.all === true) return callback(null, found);
      const [first] = found;
      return callback(null, first?.address ?? '', first?.family ?? 4);
    });
  };
}

function send(url: URL, ask: ForeignRequest, look: LookupFunction | undefined): Promise<ForeignAnswer> {
  const limitMs = ask.timeoutMs ?? 4_000;
  const signal = AbortSignal.timeout(limitMs);
  return new Promise<ForeignAnswer>((resolve, reject) => {
    const fail = (cause: Error): void =>
      reject(signal.aborted ? new Error(`${url.host} did not answer within ${limitMs} ms`, { cause }) : cause);
    const options: RequestOptions = {
      method: ask.method,
      headers: {
        ...ask.headers,
        ...(ask.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(ask.body)) }),
      },
      // A connection of its own: none that was opened for another name is used again.
      agent: false,
      signal,
      ...(look === undefined ? {} : { lookup: look }),
    };
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options, (response) => {
      readAll(response, ask.answerBytesMax ?? 64 * 1024).then(
        (body) => resolve({ status: response.statusCode ?? 0, body }),
        fail,
      );
    });
    request.once('error', fail);
    request.end(ask.body);
  });
}

async function readAll(response: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response) {
    const chunk: Buffer = Buffer.isBuffer(part) ? part : Buffer.from(String(part));
    bytes += chunk.length;
    if (bytes > bytesMax) {
      response.destroy();
      throw new Error(`the answer is longer than ${bytesMax} bytes`);
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}
