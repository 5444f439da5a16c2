import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { lookUp } from '../../outbound/look-up.ts';
import { isPrivateAddress } from '../../outbound/private-address.ts';
import { refusedSecret } from './refusals.ts';

/** Where a secret leads to, looked up and allowed. Nothing of it may stand in a message. */
export interface Server {
  /** An address, so that the name is not looked up a second time, when it may lead elsewhere. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly ssl: false | ConnectionOptions;
  /** True where the setting lists this very database: it may hold an installation of Perennial. */
  readonly isListedDatabase: boolean;
}

const sslModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
type SslMode = (typeof sslModes)[number];

/**
 * Reads the URL in a secret and looks up its host once. Private addresses are refused unless `privateHosts` lists them.
 * Throws with sentences that name the secret and never what stands in it.
 */
export async function serverOf(text: string, secret: string, privateHosts: readonly string[]): Promise<Server> {
  const url = urlOf(text, secret);
  const { hostname } = url;
  const port = url.port === '' ? 5432 : Number(url.port);
  const place = `${hostname}:${port}`;
  const database = decode(url.pathname.slice(1), secret);
  const isListedDatabase = privateHosts.includes(`${place}/${database}`);
  const isListed = isListedDatabase || privateHosts.includes(place);
  const login = { user: decode(url.username, secret), password: decode(url.password, secret) };
  const address = await addressOf(hostname.replace(/^\[|\]$/g, ''), secret, isListed);
  return {
    address,
    port,
    ...login,
    database,
    ssl: sslOf(sslModeOf(url, secret, isPrivateAddress(address)), hostname),
    isListedDatabase,
  };
}

function urlOf(text: string, secret: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['postgres:', 'postgresql:'].includes(url.protocol))
    throw refusedSecret(secret, 'holds no URL of a Postgres database');
  const lacking =
    url.hostname === '' ? 'host' : url.username === '' ? 'user' : url.pathname.length < 2 ? 'database' : null;
  if (lacking !== null) throw refusedSecret(secret, `holds a URL without a ${lacking}`);
  const other = [...url.searchParams.keys()].find((name) => name !== 'sslmode');
  if (other !== undefined) throw refusedSecret(secret, 'holds a URL with a parameter that is not sslmode', caHint);
  return url;
}

const caHint =
  'Leave sslmode alone behind the question mark; certificates of your own go into NODE_EXTRA_CA_CERTS of the worker.';

function decode(part: string, secret: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw refusedSecret(secret, 'holds a URL with a percent sign that encodes nothing');
  }
}

async function addressOf(host: string, secret: string, isListed: boolean): Promise<string> {
  const found = await lookUp(host);
  if (found.length === 0) throw refusedSecret(secret, 'names a host that cannot be found');
  if (!isListed && found.some(isPrivateAddress))
    throw refusedSecret(
      secret,
      'leads to a private address',
      'List its host:port in PERENNIAL_SOURCE_PRIVATE_HOSTS to allow it.',
    );
  return found[0] ?? '';
}

/** Without a word, traffic over the internet is encrypted and checked; one's own network is as one has declared it. */
function sslModeOf(url: URL, secret: string, isPrivate: boolean): SslMode {
  const given = url.searchParams.get('sslmode') ?? (isPrivate ? 'disable' : 'verify-full');
  const mode = sslModes.find((known) => known === given);
  if (mode === undefined)
    throw refusedSecret(secret, 'holds a URL with an unknown sslmode', `Use ${sslModes.join(', ')}.`);
  return mode;
}

function sslOf(mode: SslMode, hostname: string): false | ConnectionOptions {
  if (mode === 'disable') return false;
  const name = isIP(hostname) > 0 || hostname.startsWith('[') ? {} : { servername: hostname };
  if (mode === 'require') return { ...name, rejectUnauthorized: false };
  // The chain is checked and the name is not: that is what this mode says.
  return mode === 'verify-ca' ? { ...name, checkServerIdentity: () => undefined } : name;
}
