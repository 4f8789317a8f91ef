import { BrokerError } from './broker-error';

/**
 * How many items share the credential as it was resolved. n8n resolves it for each item, but not everywhere: the HTTP
 * Request node with pagination, its version 2 and the AI tool of before 2025 ask for it without saying for which item,
 * and get the first one's (n8n 2.40.5, `requestWithAuthenticationPaginated`). With several items that sends one client's token for
 * another client, and nothing in the request shows it. GraphQL, whose versions are below 3 too, does it right.
 */
export const SHARED_ITEMS =
  "={{ ($rawParameter.options?.pagination?.pagination && $rawParameter.options.pagination.pagination.paginationMode !== 'off') || ($nodeVersion < 3 && $rawParameter.endpoint === undefined) ? $input.all().length : 1 }}";

/** Refuses a credential that n8n has resolved for the first of several items. Outside a run there is one at most. */
export function assertOwnItem(sharedItems: unknown): void {
  if (typeof sharedItems !== 'number' || sharedItems <= 1) return;
  throw new BrokerError(
    `With "Pagination", n8n would send all ${sharedItems} items with the credential of the first. Use the Otobot API Request node, which paginates each item for its own client, or send one item at a time with "Loop Over Items"`,
    {
      reasonCode: 'shared_credential',
      description:
        'The same goes for version 2 of the HTTP Request node (add the node anew) and for the old HTTP Request tool of AI agents.',
    },
  );
}
