// What the API answers to the group `request`.

/** The bytes of a file that is no text: every byte there is. */
export const FILE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

export function answering(api, tokens) {
  const json = (response, status, value, headers = {}) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));

  api.answer('/request/file', (_request, response) =>
    response
      .writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-disposition': 'attachment; filename="all-bytes.bin"',
      })
      .end(FILE),
  );
  api.answer('/request/echo', ({ headers }, response) => json(response, 200, { headers }));
  api.answer('/request/invalid', ({ headers }, response) =>
    json(response, 422, { error: { message: `no such thing for ${headers.authorization}` } }),
  );
  api.answer('/request/linked', ({ url }, response) => {
    const page = Number(new URL(url, api.url).searchParams.get('page') ?? 1);
    const next = page < 3 ? { link: `<${api.url}/request/linked?page=${page + 1}>; rel="next"` } : {};
    json(
      response,
      200,
      [
        { page, entry: 1 },
        { page, entry: 2 },
      ],
      next,
    );
  });
  api.answer('/request/leaving', (_request, response) =>
    json(response, 200, [{ page: 1 }], { link: '<https://evil.example/page2>; rel="next"' }),
  );
  api.answer('/request/silent', () => undefined);
  let limited = 0;
  api.answer('/request/limited', (_request, response) =>
    limited++ === 0
      ? json(response, 429, { message: 'slow down' }, { 'retry-after': '1' })
      : json(response, 200, { ok: true }),
  );
  // Another origin of the same machine: to a browser, and to Otobot, another host.
  const elsewhere = api.url.replace('127.0.0.1', 'localhost');
  api.answer('/request/moved', (_request, response) =>
    response.writeHead(302, { location: `${elsewhere}/request/arrived` }).end(),
  );
  api.answer('/request/arrived', (_request, response) => json(response, 200, { arrived: true }));
  api.answer('/request/per-client', ({ token }, response) =>
    token === tokens['request-a'] ? json(response, 200, { ok: true }) : json(response, 404, { message: 'not here' }),
  );
}

/** A language model that asks for its one tool with `path`, and then says what it has got. */
export function thinking(api, path) {
  api.answer('/request-model', ({ body }, response) => {
    const { messages, tools } = JSON.parse(body);
    const result = messages.find(({ role }) => role === 'tool');
    const call = {
      id: 'call_1',
      type: 'function',
      function: { name: tools?.[0].function.name, arguments: JSON.stringify({ path }) },
    };
    const message = result
      ? { role: 'assistant', content: `It says ${result.content}` }
      : { role: 'assistant', content: null, tool_calls: [call] };
    const finish_reason = result ? 'stop' : 'tool_calls';
    const answer = {
      id: 'c1',
      object: 'chat.completion',
      created: 1,
      model: 'a-model',
      choices: [{ index: 0, message, finish_reason }],
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
}
