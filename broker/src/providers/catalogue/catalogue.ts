import type { ProviderEntry } from './entry';
import { adobeSign } from './adobe-sign';
import { airtable } from './airtable';
import { airwallex } from './airwallex';
import { asana } from './asana';
import { atlassian } from './atlassian';
import { basecamp } from './basecamp';
import { bitbucket } from './bitbucket';
import { box } from './box';
import { calendly } from './calendly';
import { clickup } from './clickup';
import { coinbase } from './coinbase';
import { discord } from './discord';
import { docusign } from './docusign';
import { dropbox } from './dropbox';
import { exactOnline } from './exact-online';
import { facebook } from './facebook';
import { figma } from './figma';
import { followupboss } from './followupboss';
import { freshbooks } from './freshbooks';
import { github } from './github';
import { githubOauth } from './github-oauth';
import { gitlab } from './gitlab';
import { google } from './google';
import { highlevel } from './highlevel';
import { hubspot } from './hubspot';
import { instagram } from './instagram';
import { intercom } from './intercom';
import { jobber } from './jobber';
import { klaviyo } from './klaviyo';
import { lightspeed } from './lightspeed';
import { linear } from './linear';
import { linkedin } from './linkedin';
import { mailchimp } from './mailchimp';
import { make } from './make';
import { microsoft } from './microsoft';
import { miro } from './miro';
import { monday } from './monday';
import { netsuite } from './netsuite';
import { notion } from './notion';
import { pinterest } from './pinterest';
import { pipedrive } from './pipedrive';
import { qonto } from './qonto';
import { quickbooks } from './quickbooks';
import { reddit } from './reddit';
import { salesforce } from './salesforce';
import { seismic } from './seismic';
import { shopify } from './shopify';
import { slack } from './slack';
import { slackUser } from './slack-user';
import { smartcar } from './smartcar';
import { spotify } from './spotify';
import { square } from './square';
import { stripe } from './stripe';
import { stripeApps } from './stripe-apps';
import { stripeConnect } from './stripe-connect';
import { threads } from './threads';
import { tiktok } from './tiktok';
import { todoist } from './todoist';
import { typeform } from './typeform';
import { webflow } from './webflow';
import { whatsapp } from './whatsapp';
import { x } from './x';
import { xero } from './xero';
import { zendesk } from './zendesk';
import { zoho } from './zoho';
import { zoom } from './zoom';

/** The providers that are known by heart, by name. A new one is a file and a line here. */
export const CATALOGUE: readonly ProviderEntry[] = [
  adobeSign,
  airtable,
  airwallex,
  asana,
  atlassian,
  basecamp,
  bitbucket,
  box,
  calendly,
  clickup,
  coinbase,
  discord,
  docusign,
  dropbox,
  exactOnline,
  facebook,
  figma,
  followupboss,
  freshbooks,
  github,
  githubOauth,
  gitlab,
  google,
  highlevel,
  hubspot,
  instagram,
  intercom,
  jobber,
  klaviyo,
  lightspeed,
  linear,
  linkedin,
  mailchimp,
  make,
  microsoft,
  miro,
  monday,
  netsuite,
  notion,
  pinterest,
  pipedrive,
  qonto,
  quickbooks,
  reddit,
  salesforce,
  seismic,
  shopify,
  slack,
  slackUser,
  smartcar,
  spotify,
  square,
  stripe,
  stripeApps,
  stripeConnect,
  threads,
  tiktok,
  todoist,
  typeform,
  webflow,
  whatsapp,
  x,
  xero,
  zendesk,
  zoho,
  zoom,
];

export function findProvider(name: string): ProviderEntry | null {
  return CATALOGUE.find((entry) => entry.name === name) ?? null;
}
