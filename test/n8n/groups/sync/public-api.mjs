// n8n's public API, as the broker uses it.

/** A key with the rights over credentials alone. */
export async function keyOfN8n(n8n, label = 'otobot') {
  const scopes = ['create', 'read', 'update', 'delete', 'list'].map((right) => `credential:${right}`);
  const { rawApiKey } = await n8n.rest('POST', '/api-keys', { label, expiresAt: null, scopes });
  return rawApiKey;
}

/** @returns `(method, path, body) => {status, body}` */
export function publicApi(url, apiKey) {
  return async (method, path, body) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { 'x-n8n-api-key': apiKey, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: await response.json() };
  };
}
