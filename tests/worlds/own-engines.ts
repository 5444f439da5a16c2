/**
 * Ten ports for this process, below those that the system gives to connections (from 32,768 on), and above the last one
 * that `fetch` refuses.
 */
const firstPort = 11_000 + 10 * Math.floor(Math.random() * 900);

/**
 * The environment of an installation that starts its own engines, whatever a test runner has handed over. Its ports are
 * those of this test process: several run at once, and an engine that is killed must find its port free when it comes
 * back.
 */
export function ownEngines(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const {
    DATABASE_URL: _database,
    TEMPORAL_ADDRESS: _address,
    TEMPORAL_NAMESPACE: _namespace,
    TEMPORAL_PROFILE: _profile,
    TEMPORAL_CONFIG_FILE: _file,
    ...rest
  } = env;
  return {
    ...rest,
    PERENNIAL_INFERENCE_PORT: String(firstPort),
    PERENNIAL_CONTROL_PORT: String(firstPort + 1),
    PERENNIAL_POSTGRES_PORT: String(firstPort + 2),
    PERENNIAL_TEMPORAL_PORT: String(firstPort + 3),
    PERENNIAL_TEMPORAL_UI_PORT: String(firstPort + 4),
  };
}
