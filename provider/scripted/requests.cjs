'use strict';
// What a request says: its parameters, wherever they are, and who sent it.

/** @returns {{ parameters: URLSearchParams, kind: 'form' | 'json' | 'query' }} */
function parametersOf(request, body) {
  const { searchParams } = new URL(request.url, 'http://provider');
  if (request.method === 'GET') return { parameters: searchParams, kind: 'query' };
  if (/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    return { parameters: fromJson(body), kind: 'json' };
  return { parameters: new URLSearchParams(body), kind: 'form' };
}

function fromJson(body) {
  try {
    const entries = Object.entries(JSON.parse(body)).map(([name, value]) => [name, String(value)]);
    return new URLSearchParams(entries);
  } catch {
    return new URLSearchParams();
  }
}

/** @returns {{ clientId: string | null, clientSecret: string | null, by: 'header' | 'body' }} */
function clientOf(request, parameters) {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (basic === undefined) {
    const clientId = parameters.get('client_id') ?? parameters.get('client_key');
    return { clientId, clientSecret: parameters.get('client_secret'), by: 'body' };
  }
  const [clientId = null, clientSecret = null] = Buffer.from(basic, 'base64').toString().split(':').map(formDecoded);
  return { clientId, clientSecret, by: 'header' };
}

function formDecoded(value) {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value;
  }
}

module.exports = { parametersOf, clientOf };
