import ipaddr from 'ipaddr.js';
import type { RefusalReason } from './outbound-refused';

/** What an IP address is to us: `public`, or the reason for which it is refused unless the operator allows it. */
export type AddressRange =
  'public' | Extract<RefusalReason, 'loopback' | 'private' | 'link_local' | 'metadata' | 'reserved'>;

/**
 * Addresses at which clouds hand out credentials to whoever asks. Most lie in ranges refused anyway, but a development
 * machine that allows private ranges must not open these, and Azure's lies in a public range.
 */
const METADATA = new Set(['169.254.169.254', '169.254.170.2', '168.63.129.16', '100.100.100.200', 'fd00:ec2::254']);

const NAMED_RANGES: Partial<Record<string, AddressRange>> = {
  loopback: 'loopback',
  private: 'private',
  carrierGradeNat: 'private',
  uniqueLocal: 'private',
  linkLocal: 'link_local',
};

/** IPv6 that is routed on the internet. The rest, known to ipaddr.js or not, is somebody's private or future use. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');
const NAT64 = ipaddr.parseCIDR('64:ff9b::/96');

/** The range of an address in any notation that Node dials (zones included); what does not parse is `reserved`. */
export function rangeOf(address: string): AddressRange {
  const bare = address.replace(/%.*$/, '');
  if (!ipaddr.isValid(bare)) return 'reserved';
  const parsed = embeddedIPv4(ipaddr.parse(bare));
  if (METADATA.has(parsed.toString())) return 'metadata';
  const name = parsed.range();
  if (name !== 'unicast') return NAMED_RANGES[name] ?? 'reserved';
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_UNICAST) ? 'public' : 'reserved';
}

/**
 * `::ffff:a.b.c.d` and NAT64's `64:ff9b::a.b.c.d` reach the IPv4 address inside, so that is the one to judge: private ones
 * are refused, while a server that has IPv6 only still reaches its public providers through DNS64.
 */
function embeddedIPv4(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (!(address instanceof ipaddr.IPv6)) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  return address.match(NAT64) ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address;
}
