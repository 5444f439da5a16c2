import { createPrivateKey } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KafkaSource } from '../../../src/domain/spec/source-spec.ts';
import type { PerennialError } from '../../../src/domain/words/errors.ts';
import type { Source } from '../../../src/sources/port.ts';
import { connectSource } from '../../../src/sources/registry.ts';
import { failureOf } from '../../worlds/foreign-rows.ts';
import { makeCertificates, missingOfCertificates, type KafkaCertificates } from '../../worlds/kafka-certificates.ts';
import { findKafkaJars, missingOfKafka } from '../../worlds/kafka-jars.ts';
import { kafkaLogin, startKafka, type KafkaWorld } from '../../worlds/kafka.ts';
import { readTopic, rowsOf } from '../../worlds/read-topic.ts';
import { titled } from '../../worlds/tools.ts';

const jars = await findKafkaJars();
const missing = missingOfKafka(jars) ?? missingOfCertificates();
const folder = await mkdtemp(path.join(tmpdir(), 'kafka-tls-'));
let world: KafkaWorld;
let certificates: KafkaCertificates;
let others: KafkaCertificates;
let topic: string;
let keys: string;
let otherKeys: string;
let locked: string;
beforeAll(async () => {
  if (missing !== null) return;
  certificates = await makeCertificates(folder, 'ours');
  others = await makeCertificates(folder, 'others');
  // A key and its certificate, which a broker reads from one file and a client from one secret.
  keys = await readFile(certificates.valid, 'utf8');
  otherKeys = await readFile(others.valid, 'utf8');
  locked = createPrivateKey(keys)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'pass' })
    .toString();
  world = await startKafka(jars, certificates);
  topic = await world.newTopic();
  await world.send(topic, [{ value: '{"n":0}' }, { value: '{"n":1}' }]);
});
afterAll(async () => {
  await world?.stop();
  await rm(folder, { recursive: true, force: true });
});

function open(host: string, change: Partial<KafkaSource> = {}): Source {
  const secrets = new Map([
    ['kafka-ca', certificates.authority],
    ['other-ca', others.authority],
    ['both-ca', `# two of them\n${others.authority}\n${certificates.authority}`],
    ['no-ca', 'not in PEM'],
    ['torn-ca', certificates.authority.replace(/\n[^\n-]{20}/, '\n')],
    ['client', keys],
    ['other-client', otherKeys],
    ['locked', locked],
    ['user', kafkaLogin.username],
    ['word', kafkaLogin.password],
    ['wrong', 'hunter2'],
  ]);
  const spec: KafkaSource = { kind: 'kafka', brokers: [host], topic, format: 'json', ca: 'kafka-ca', ...change };
  return connectSource(spec, {
    roots: [folder],
    privateHosts: [host],
    secret: async (name) => secrets.get(name) ?? Promise.reject(new Error(`no secret ${name}`)),
  });
}

const rows = [{ n: 0 }, { n: 1 }];

describe.skipIf(missing !== null)(titled('a real broker over TLS', missing), () => {
  test.each(['kafka-ca', 'both-ca'])('its authority is named by the secret %s, and TLS spoken', async (ca) => {
    expect(rowsOf(await readTopic(open(world.tls.valid, { ca })))).toEqual(rows);
  });

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('a login by %s within TLS', async (mechanism) => {
    const login = (password: string) => ({ credentials: { username: 'user', password, mechanism } });
    expect(rowsOf(await readTopic(open(world.tls.login, login('word'))))).toEqual(rows);
    const refusal = await failureOf(readTopic(open(world.tls.login, login('wrong'))));
    expect(refusal).toMatchObject({
      code: 'invalid_data',
      message: 'The broker of the source does not let this login in.',
      path: 'source.credentials',
    });
    expect(JSON.stringify(refusal)).not.toContain('hunter2');
  });

  test('a broker that asks who is there is shown the certificate that two secrets hold', async () => {
    const clientCertificate = { certificate: 'client', key: 'client' };
    expect(rowsOf(await readTopic(open(world.tls.mutual, { clientCertificate })))).toEqual(rows);
  });

  test('its authority may stand in a file within the roots, and nowhere else', async () => {
    await writeFile(path.join(folder, 'ca.pem'), certificates.authority);
    const ca = { path: 'ca.pem' };
    expect(rowsOf(await readTopic(open(world.tls.valid, { ca })))).toEqual(rows);
    for (const outside of ['/etc/ssl/certs/ca-certificates.crt', '../ca.pem']) {
      const source = open(world.tls.valid, { ca: { path: outside } });
      const refusal = { code: 'invalid_data', message: expect.stringContaining('outside of the source roots') };
      // oxlint-disable-next-line no-await-in-loop -- few
      expect(await failureOf(source.refuseForeign())).toMatchObject(refusal);
      // oxlint-disable-next-line no-await-in-loop -- few
      expect(await failureOf(source.identify())).toMatchObject({ ...refusal, path: 'source.ca' });
    }
  });

  test('whatever is wrong is one sentence, with what to do', async () => {
    const said = async (host: string, change: Partial<KafkaSource> = {}) => {
      // oxlint-disable-next-line no-unsafe-type-assertion -- what is no such error fails the expectations
      const refusal = (await failureOf(open(host, change).identify())) as PerennialError;
      const { message, path: at, hint } = refusal;
      expect(hint, 'what to do').toBeDefined();
      return `${at ?? ''}: ${message.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')}`;
    };
    const { valid, expired, misnamed, mutual } = world.tls;
    const unknown = 'source.ca: The broker HOST has a certificate of an authority that is not trusted.';
    expect(await said(valid, { ca: 'other-ca' })).toBe(unknown);
    expect(await said(expired)).toBe('source.brokers: The broker HOST has a certificate that has expired.');
    expect(await said(misnamed)).toBe('source.brokers: The broker HOST has a certificate for another name.');
    expect(await said(world.host)).toBe(
      'source.tls: The broker of the source ended the connection before TLS was agreed on.',
    );
    expect(await said(mutual)).toBe(
      'source.brokers: The broker HOST asks for a certificate of its clients, or for what TLS of Node does not offer.',
    );
    const shown = (certificate: string, key = certificate) => ({ clientCertificate: { certificate, key } });
    const at = 'source.clientCertificate';
    expect(await said(mutual, shown('other-client'))).toBe(
      `${at}: The broker HOST does not take the certificate of this client.`,
    );
    expect(await said(mutual, shown('no-ca'))).toBe(
      `${at}.certificate: The secret "no-ca" holds no certificate in PEM.`,
    );
    const noKey = 'holds no private key in PEM that has no pass phrase.';
    for (const key of ['kafka-ca', 'locked'])
      expect(await said(mutual, shown('client', key))).toBe(`${at}.key: The secret "${key}" ${noKey}`);
    expect(await said(mutual, shown('client', 'other-client'))).toBe(
      `${at}: The secret "other-client" is not the key of the certificate in "client".`,
    );
    for (const ca of ['no-ca', 'torn-ca'])
      expect(await said(valid, { ca })).toBe(`source.ca: The secret "${ca}" holds no certificate in PEM.`);
    expect(await said(valid, { topic: 'no-such-topic' })).toBe('source.topic: The topic no-such-topic is not there.');
  });

  test('a port of TLS that is spoken to without it says so', async () => {
    const spec = { kind: 'kafka', brokers: [world.tls.valid], topic, format: 'json', tls: 'none' } as const;
    const source = connectSource(spec, { roots: [], privateHosts: [world.tls.valid] });
    expect(await failureOf(source.identify())).toMatchObject({
      path: 'source.brokers',
      hint: expect.stringContaining('whether it speaks TLS'),
    });
  });
});
