// What n8n sends to the editor while a workflow runs: each node's output, and the requests that nodes show there.

/** Listens as an editor does. @returns `{ref, text(), close()}`; requests that carry `ref` as `push-ref` are shown here */
export async function editorStream(url, headers) {
  const ref = 'otobot-editor';
  const closing = new AbortController();
  const response = await fetch(`${url}/rest/push?pushRef=${ref}`, {
    headers: { ...headers, accept: 'text/event-stream', origin: url },
    signal: closing.signal,
  });
  if (!response.ok) throw new Error(`n8n's editor stream answered ${response.status}: ${await response.text()}`);
  const chunks = [];
  const reading = (async () => {
    for await (const chunk of response.body) chunks.push(chunk);
  })().catch(() => {}); // n8n ends before us, or we do
  return {
    ref,
    text: () => Buffer.concat(chunks).toString(),
    close: async () => {
      closing.abort();
      await reading;
    },
  };
}
