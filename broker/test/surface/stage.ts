import fs from 'node:fs';
import path from 'node:path';
import { startProvider, type Provider } from '../support/provider';
import { createInstallation, type Installation } from '../system/installation';
import { addService, connectClient, must, operatorOf, type Operator } from '../system/operator';
import { startProgram, type Environment, type Program } from '../system/program';

/** A whole broker with a client's connection, and what a process beside it with the surface `grants` is given. */
export interface Stage {
  installation: Installation;
  provider: Provider;
  operator: Operator;
  /** The operator's. */
  key: string;
  /** What a process of the surface `grants` has, and nothing more. */
  environment: Environment;
  /** Starts one. */
  startGrants(env?: Environment): Promise<Program>;
  close(): Promise<void>;
}

const LOGIN = { name: 'grants_login', password: 'only-for-this-test' };

export async function setStage(): Promise<Stage> {
  const [provider, installation] = [await startProvider(), createInstallation()];
  const whole = await installation.start('start');
  const key = whole.accessKey ?? '';
  const operator = operatorOf(whole.url, key);
  await addService(operator, 'crm', provider);
  await connectClient(operator, provider, { clientId: 'acme', service: 'crm' });
  await must(operator('POST', '/v1/clients', { clientId: 'new', name: 'New' }));

  // As docs/running-apart.md has it.
  await installation.query(
    `create role ${LOGIN.name} login password '${LOGIN.password}' in role otobot_serve, otobot_audit`,
  );
  const url = new URL(installation.databaseUrl());
  Object.assign(url, { username: LOGIN.name, password: LOGIN.password });
  const printed = await installation.run(['keys', 'serve-key', '--print']);
  const serveKey = path.join(installation.dataDir, 'serve.key');
  fs.writeFileSync(serveKey, printed.stdout, { mode: 0o600 });

  const environment = { PORT: '0', DATABASE_URL: url.href, ENCRYPTION_SERVE_KEY_FILE: serveKey };
  const started: Program[] = [];
  return {
    ...{ installation, provider, operator, key, environment },
    startGrants: async (env = {}) => {
      const program = await startProgram(['serve', '--surface', 'grants'], { ...environment, ...env });
      started.push(program);
      return program;
    },
    close: async () => {
      for (const program of started) program.signal('SIGKILL');
      await Promise.all(started.map(({ ended }) => ended));
      await installation.remove();
      await provider.close();
    },
  };
}
