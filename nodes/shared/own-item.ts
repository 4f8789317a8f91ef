import { BrokerError } from './broker-error';

const PAGINATED =
  "($rawParameter.options?.pagination?.pagination && $rawParameter.options.pagination.pagination.paginationMode !== 'off')";
/** GraphQL, whose versions are below 3 too, does it right. */
const OLD = '($nodeVersion < 3 && $rawParameter.endpoint === undefined)';
const TOOL = '($rawParameter.toolDescription !== undefined || $rawParameter.descriptionType !== undefined)';

/**
 * Whose the credential's fields are, as n8n has resolved them. It resolves them for each item, but not everywhere: the
 * HTTP Request node with pagination, and its version 2, ask for the credential without saying for which item, and get
 * the first one's; a tool of an AI agent gets the agent's first item, or what the model has written (n8n 2.40.5). That
 * sends one client's token for another client, and nothing in the request shows it.
 */
export const RESOLVED_FOR = `={{ ${TOOL} ? 'tool' : (${PAGINATED} || ${OLD}) && $input.all().length > 1 ? 'first' : 'item' }}`;

const REFUSALS: Record<string, string> = {
  first:
    'With "Pagination", and in version 2 of the HTTP Request node, n8n would send all items with the credential of the first. Use the Otobot API Request node, which paginates each item for its own client, or send one item at a time with "Loop Over Items"',
  tool: 'In a tool of an AI agent n8n cannot tell whose item it is. Connect the Otobot API Request node as the tool, with client and service chosen in it',
};

/** Refuses a credential that n8n may have resolved for another item. Outside a run there is none. */
export function assertOwnItem(resolvedFor: unknown): void {
  const refusal = typeof resolvedFor === 'string' ? REFUSALS[resolvedFor] : undefined;
  if (refusal !== undefined) throw new BrokerError(refusal, { reasonCode: 'shared_credential' });
}
