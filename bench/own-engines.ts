import { readConfigWith, type Config } from '../src/config.ts';

/**
 * Settings for engines of one's own in a folder, whatever the environment names: others would be measured together with
 * their other users.
 */
export function configOfOwnEngines(folder: string): Config {
  return readConfigWith({
    DATABASE_URL: '',
    TEMPORAL_ADDRESS: '',
    TEMPORAL_NAMESPACE: '',
    TEMPORAL_PROFILE: '',
    TEMPORAL_CONFIG_FILE: '',
    PERENNIAL_STATE_DIR: folder,
  });
}
