import type { Operation } from './openapi';

/** The command that sends the example of an operation, to the broker of `npm start`. */
export function curlOf({ method, path, operation }: { method: string; path: string; operation: Operation }): string {
  const { parameters = [], requestBody, security } = operation;
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const example = parameters.find((parameter) => parameter.name === name)?.example;
    return encodeURIComponent(typeof example === 'string' ? example : name);
  });
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const withKey = security.some((each) => 'accessKey' in each);
  const verb =
    method === 'get' || (method === 'post' && requestBody !== undefined) ? '' : ` -X ${method.toUpperCase()}`;
  const parts = [
    `curl -sS${verb} http://127.0.0.1:3001${filled}`,
    ...(withKey ? ['-H "Authorization: Bearer $OTOBOT_KEY"'] : []),
    ...(content === undefined ? [] : bodyOf(type ?? '', content.example)),
  ];
  return parts.join(' \\\n  ');
}

function bodyOf(type: string, example: unknown): string[] {
  if (type !== 'application/json') {
    const { client_id: id, grant_type: grant } = example as Record<string, string>;
    return [`-u "${id ?? ''}:$OTOBOT_KEY"`, `-d grant_type=${grant ?? ''}`];
  }
  return [`-H 'Content-Type: ${type}'`, `-d '${JSON.stringify(example).replaceAll("'", "'\\''")}'`];
}
