import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig, rootDir } from './config.ts';
import { settingRows } from './settings/setting-rows.ts';

describe('readConfig', () => {
  it('has a complete default', () => {
    const config = readConfig({ HOME: '/home/someone' });
    expect(config).toMatchObject({
      databaseUrl: undefined,
      temporalNamespace: 'perennial',
      isTemporalConfigured: false,
      stateDir: path.join(rootDir, '.perennial'),
      inferenceUrl: 'http://127.0.0.1:8080',
      controlUrl: 'http://127.0.0.1:8081',
      cacheDir: '/home/someone/.cache/perennial',
      flushMs: 100,
      inferenceProcessCount: 1,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('keeps what was shipped for less long than it takes to forget that it is there', () => {
    const hours = { PERENNIAL_SHIPPED_HOURS: '168' };
    const hoursOf = (environment: Record<string, string>) => readConfig(environment).shipped.ageMs / 3_600_000;
    expect(hoursOf({})).toBe(24);
    expect(hoursOf(hours)).toBe(168);
    expect(hoursOf({ ...hours, PERENNIAL_SEGMENT_DAYS: '3' })).toBe(71);
    expect(hoursOf({ ...hours, PERENNIAL_ID_HORIZON_DAYS: '1' })).toBe(23);
  });

  it('derives folders and addresses from what is set, and treats an empty variable as not set', () => {
    const config = readConfig({
      PERENNIAL_STATE_DIR: '/s',
      PERENNIAL_HOST: '0.0.0.0',
      PERENNIAL_CONTROL_PORT: '9000',
      PERENNIAL_LOG_LEVEL: '',
      TEMPORAL_PROFILE: 'cloud',
    });
    expect(config.spoolDir).toBe('/s/spool');
    expect(config.tokenFile).toBe('/s/token');
    expect(config.controlUrl).toBe('http://127.0.0.1:9000');
    expect(config.logLevel).toBe('info');
    expect(config.isTemporalConfigured).toBe(true);
  });

  it.each([
    ['PERENNIAL_CONTROL_PORT', 'eighty'],
    ['PERENNIAL_CONTROL_PORT', '70000'],
    ['PERENNIAL_INFERENCE_PORT', '10080'],
    ['PERENNIAL_INFERENCE_PROCESSES', '0'],
    ['PERENNIAL_FLUSH_MS', '-1'],
    ['PERENNIAL_LOG_LEVEL', 'loud'],
    ['PERENNIAL_HOST', 'two words'],
    ['PERENNIAL_CONTROL_URL', 'localhost:8081'],
    ['TEMPORAL_NAMESPACE', 'a b'],
    ['DATABASE_URL', 'mysql://user:secret@host/db'],
  ])('names %s when it is wrong, and never its value', (name, value) => {
    let message = '';
    try {
      readConfig({ [name]: value });
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(`${name} must`);
    expect(message).not.toContain('secret');
  });

  it('documents every setting once', () => {
    expect(new Set(settingRows.map(({ name }) => name)).size).toBe(settingRows.length);
  });
});
