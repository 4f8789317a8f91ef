import type { Config } from '../types/config';
import { readConfig, SECRETS } from './environment';

/**
 * The configuration of this process. Secrets are then taken out of its environment: programs that it starts do not inherit them, and
 * nothing that prints an environment shows them. What the system keeps of the start (/proc/<pid>/environ) stays: NAME_FILE avoids that.
 */
export function takeConfig(): Config {
  const config = readConfig();
  for (const name of SECRETS) Reflect.deleteProperty(process.env, name);
  return config;
}
