import type { ProviderEntry } from './entry';
import { facebook } from './facebook';
import { github } from './github';
import { google } from './google';
import { hubspot } from './hubspot';
import { instagram } from './instagram';
import { microsoft } from './microsoft';
import { notion } from './notion';
import { salesforce } from './salesforce';
import { shopify } from './shopify';
import { slack } from './slack';
import { stripe } from './stripe';

/** The providers that are known by heart, by name. A new one is a file and a line here. */
export const CATALOGUE: readonly ProviderEntry[] = [
  facebook,
  github,
  google,
  hubspot,
  instagram,
  microsoft,
  notion,
  salesforce,
  shopify,
  slack,
  stripe,
];

export function findProvider(name: string): ProviderEntry | null {
  return CATALOGUE.find((entry) => entry.name === name) ?? null;
}
