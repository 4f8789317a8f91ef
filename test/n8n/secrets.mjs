// Every secret of a run, so that the end of it can look for each of them everywhere.
import { randomBytes } from 'node:crypto';

/** @returns the secrets of this run, and which of them n8n has on purpose */
export function secretsKept() {
  const all = new Set();
  const disclosed = new Set();
  const sealed = new Set();
  const watch = (secret) => (all.add(secret), secret);
  return {
    /** A new secret that the end of the run looks for. */
    make: (what) => watch(`${what}-${randomBytes(12).toString('hex')}`),
    /** A secret that came from elsewhere. */
    watch,
    /** It is in n8n's executions because a workflow asked for that. */
    disclosedToN8n: (secret) => void disclosed.add(watch(secret)),
    /** It is in one of n8n's credentials, which n8n encrypts: only `export:credentials --decrypted` may show it. */
    keptByN8n: (secret) => void sealed.add(watch(secret)),
    all: () => [...all],
    notDisclosed: () => [...all].filter((secret) => !disclosed.has(secret)),
    notKept: () => [...all].filter((secret) => !sealed.has(secret)),
  };
}
