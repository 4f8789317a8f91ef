import type { ProviderEntry } from './entry';
import { airtable } from './airtable';
import { asana } from './asana';
import { box } from './box';
import { discord } from './discord';
import { facebook } from './facebook';
import { figma } from './figma';
import { github } from './github';
import { gitlab } from './gitlab';
import { google } from './google';
import { hubspot } from './hubspot';
import { instagram } from './instagram';
import { linkedin } from './linkedin';
import { microsoft } from './microsoft';
import { notion } from './notion';
import { pipedrive } from './pipedrive';
import { quickbooks } from './quickbooks';
import { salesforce } from './salesforce';
import { shopify } from './shopify';
import { slack } from './slack';
import { stripe } from './stripe';
import { xero } from './xero';

/** The providers that are known by heart, by name. A new one is a file and a line here. */
export const CATALOGUE: readonly ProviderEntry[] = [
  airtable,
  asana,
  box,
  discord,
  facebook,
  figma,
  github,
  gitlab,
  google,
  hubspot,
  instagram,
  linkedin,
  microsoft,
  notion,
  pipedrive,
  quickbooks,
  salesforce,
  shopify,
  slack,
  stripe,
  xero,
];

export function findProvider(name: string): ProviderEntry | null {
  return CATALOGUE.find((entry) => entry.name === name) ?? null;
}
