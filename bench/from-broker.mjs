import { createRequire } from 'node:module';

/** What the broker's own code would get: its compiled modules (`./dist/…`) and its dependencies. */
export const fromBroker = createRequire(new URL('../broker/package.json', import.meta.url));
