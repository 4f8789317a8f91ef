import type { ProviderEntry } from './entry';
import { adobeSign } from './adobe-sign';
import { airtable } from './airtable';
import { asana } from './asana';
import { atlassian } from './atlassian';
import { basecamp } from './basecamp';
import { bitbucket } from './bitbucket';
import { box } from './box';
import { calendly } from './calendly';
import { discord } from './discord';
import { docusign } from './docusign';
import { dropbox } from './dropbox';
import { exactOnline } from './exact-online';
import { facebook } from './facebook';
import { figma } from './figma';
import { github } from './github';
import { gitlab } from './gitlab';
import { google } from './google';
import { highlevel } from './highlevel';
import { hubspot } from './hubspot';
import { instagram } from './instagram';
import { jobber } from './jobber';
import { klaviyo } from './klaviyo';
import { lightspeed } from './lightspeed';
import { linear } from './linear';
import { linkedin } from './linkedin';
import { mailchimp } from './mailchimp';
import { make } from './make';
import { microsoft } from './microsoft';
import { miro } from './miro';
import { netsuite } from './netsuite';
import { notion } from './notion';
import { pinterest } from './pinterest';
import { pipedrive } from './pipedrive';
import { quickbooks } from './quickbooks';
import { reddit } from './reddit';
import { salesforce } from './salesforce';
import { shopify } from './shopify';
import { slack } from './slack';
import { spotify } from './spotify';
import { stripe } from './stripe';
import { stripeApps } from './stripe-apps';
import { stripeConnect } from './stripe-connect';
import { threads } from './threads';
import { tiktok } from './tiktok';
import { todoist } from './todoist';
import { typeform } from './typeform';
import { whatsapp } from './whatsapp';
import { x } from './x';
import { xero } from './xero';
import { zoho } from './zoho';
import { zoom } from './zoom';

/** The providers that are known by heart, by name. A new one is a file and a line here. */
export const CATALOGUE: readonly ProviderEntry[] = [
  adobeSign,
  airtable,
  asana,
  atlassian,
  basecamp,
  bitbucket,
  box,
  calendly,
  discord,
  docusign,
  dropbox,
  exactOnline,
  facebook,
  figma,
  github,
  gitlab,
  google,
  highlevel,
  hubspot,
  instagram,
  jobber,
  klaviyo,
  lightspeed,
  linear,
  linkedin,
  mailchimp,
  make,
  microsoft,
  miro,
  netsuite,
  notion,
  pinterest,
  pipedrive,
  quickbooks,
  reddit,
  salesforce,
  shopify,
  slack,
  spotify,
  stripe,
  stripeApps,
  stripeConnect,
  threads,
  tiktok,
  todoist,
  typeform,
  whatsapp,
  x,
  xero,
  zoho,
  zoom,
];

export function findProvider(name: string): ProviderEntry | null {
  return CATALOGUE.find((entry) => entry.name === name) ?? null;
}
