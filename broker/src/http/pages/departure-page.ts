import { framed } from './frame';
import { html } from './html';
import type { Brand, Language, Page } from './models';
import { webLink } from './origins';
import { TEXTS } from './texts';

export interface DeparturePageModel {
  language: Language;
  brand: Brand;
  serviceName: string;
  /** The provider's authorization URL, with everything in its query. */
  authorizationUrl: string;
}

/**
 * The answer to the form in place of a redirect; it leads on by itself, at once. Chromium holds a form's whole chain of
 * redirects to form-action, and some providers go on to an origin that nobody knows beforehand (a workspace's, a shop's):
 * a page that leads on ends the chain.
 */
export function departurePage({ language, brand, serviceName, authorizationUrl }: DeparturePageModel): Page {
  const texts = TEXTS[language];
  const url = webLink(authorizationUrl);
  return framed({
    status: 200,
    language,
    brand,
    title: texts.departing(serviceName),
    head: url && html`<meta http-equiv="refresh" content="0; url=${url}" />`,
    content: html`
      <h1>${texts.departing(serviceName)}</h1>
      <div class="actions">${url && html`<a class="button" href="${url}">${texts.continueTo(serviceName)}</a>`}</div>
    `,
    footer: null,
    formOrigin: null,
  });
}
