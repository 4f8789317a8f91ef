// Publishing, what the broker then knows, and what has been executed.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const WITHIN_MS = 60_000;

/** Waits for a condition. @param what for the message; @param seen `async () => value`, until it is truthy */
export async function until(what, seen, withinMs = WITHIN_MS) {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const value = await seen();
    if (value) return value;
    if (Date.now() > giveUpAt) throw new Error(`${what}: not within ${withinMs / 1000} s`);
    await sleep(100);
  }
}

/** As the button Publish of the editor. n8n does what follows from it a moment later. @returns the broker's webhook */
export async function publish({ n8n, broker }, id) {
  const { versionId } = await n8n.rest('GET', `/workflows/${id}`);
  await n8n.rest('POST', `/workflows/${id}/activate`, { versionId });
  const [webhook] = await until(`the webhook of ${id}`, async () => {
    const webhooks = await webhooksOf(broker, id);
    return webhooks.length > 0 && webhooks;
  });
  return webhook;
}

export async function unpublish({ n8n }, id) {
  await n8n.rest('POST', `/workflows/${id}/deactivate`, {});
}

/** The broker's webhooks of a workflow. */
export async function webhooksOf(broker, id) {
  const { items } = await broker.call('GET', '/v1/webhooks?limit=100');
  return items.filter(({ url }) => url.includes(`/hook-of-${id}/`));
}

/** What has started a workflow, oldest first: the item of each execution that has ended. */
export async function startsOf({ n8n, installation }, id) {
  const { parse } = createRequire(installation.n8n)('flatted');
  const filter = encodeURIComponent(JSON.stringify({ workflowId: id }));
  const { results } = await n8n.rest('GET', `/executions?filter=${filter}&limit=100`);
  const ended = results.filter(({ status }) => !['new', 'running', 'waiting'].includes(status));
  const executions = await Promise.all(ended.map(({ id: execution }) => n8n.rest('GET', `/executions/${execution}`)));
  return executions
    .sort((one, other) => Number(one.id) - Number(other.id))
    .map(({ data, mode, status }) => {
      const [run] = parse(data).resultData.runData.Seen ?? [];
      return { mode, status, items: run?.data.main.flat().map(({ json }) => json) ?? [] };
    });
}

/** The items by which a workflow was started, of a connection of this name. */
export async function startedBy(stage, id, connectionName) {
  const starts = await startsOf(stage, id);
  return starts.flatMap(({ items }) => items).filter(({ name }) => name === connectionName);
}

/** For `until`, to which an empty list is none. */
export function orNull(items) {
  return items.length > 0 ? items : null;
}
