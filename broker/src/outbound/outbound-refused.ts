/** Why a destination is not dialled. Stable words: they reach logs, history and monitors. */
export type RefusalReason =
  'scheme' | 'credentials_in_url' | 'plain_http' | 'loopback' | 'private' | 'link_local' | 'metadata' | 'reserved';

/** Thrown, or delivered as the socket's error, before a single packet leaves. Carries a host name, never a path or query. */
export class OutboundRefused extends Error {
  override readonly name = 'OutboundRefused';
  /** Lets a layer that may not import this one recognise the error among those of Node. */
  readonly code = 'OUTBOUND_REFUSED';

  constructor(
    readonly host: string,
    readonly reason: RefusalReason,
  ) {
    super(`outbound call to ${host} refused: ${reason}`);
  }
}
