import type { Express } from 'express';
import type { Broker } from '../../src/app/broker';
import { createLimits } from '../../src/http/limits';
import { allRoutes, documentedRoutes } from '../../src/http/serve';
import { createServer } from '../../src/http/server';
import { silent } from '../support/broker';

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
}

/** Every route that Express itself would answer, as `METHOD /path`: not what a list says, but what is mounted. */
export function mountedRoutes(broker: Broker): string[] {
  const routes = allRoutes(broker);
  const server: Express = createServer({
    ...broker,
    routes,
    documented: documentedRoutes(routes),
    limits: createLimits(1, () => 1, broker.failures),
    log: silent,
    trustProxy: 0,
    publicUrl: 'http://127.0.0.1',
  });
  const { stack } = server.router as unknown as { stack: Layer[] };
  const names = stack.flatMap(({ route }) => {
    if (route === undefined) return [];
    const methods = Object.keys(route.methods).filter((method) => route.methods[method] === true);
    // What answers every method is what refuses those that a path does not have.
    if (methods.length > MOST_METHODS) return [];
    return methods.map((method) => `${method.toUpperCase()} ${route.path}`);
  });
  return [...new Set(names)].sort();
}

const MOST_METHODS = 10;
