// A client at his browser, in as much as the demo needs one: cookies, redirects, and forms that are filled in and sent.
const MOST_REDIRECTS = 10;
const TAGS = /<(?<closing>\/)?(?<tag>form|input|button)\b(?<attributes>[^>]*)>/g;

/** @returns a browser without a past. A page is `{url, status, html, heading}`. */
export function visitor() {
  const cookies = new Map();

  const open = async (url, init = {}) => {
    let request = { url: new URL(url), init };
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      const response = await fetch(request.url, {
        ...request.init,
        redirect: 'manual',
        headers: { ...request.init.headers, 'accept-language': 'en', cookie: sentTo(cookies, request.url) },
      });
      keep(cookies, request.url, response.headers.getSetCookie());
      const location = response.headers.get('location');
      if (location === null) return page(request.url, response.status, await response.text());
      await response.body?.cancel();
      // After a form comes a page: 302 and 303 are followed by GET, as browsers do.
      request = { url: new URL(location, request.url), init: {} };
    }
    throw new Error(`${url} redirects without end`);
  };

  /** Presses a button: sends its form with what is in it. @param value of the button, where the form has several */
  const press = async (from, value = null) => {
    const form = formWith(from.html, value);
    if (form === null) throw new Error(`"${from.heading}" at ${from.url} has no such button`);
    const fields = new URLSearchParams(form.fields);
    const target = new URL(form.action, from.url);
    if (form.method !== 'post') return open(Object.assign(target, { search: fields.toString() }));
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return open(target, { method: 'POST', headers, body: fields.toString() });
  };
  return { open, press };
}

function page(url, status, html) {
  const [, heading = ''] = /<h1[^>]*>(.*?)<\/h1>/s.exec(html) ?? [];
  return { url: url.href, status, html, heading: heading.replace(/<[^>]+>/g, '').trim() };
}

/** The first form with a button of that value, or with any button. */
function formWith(html, value) {
  let form = null;
  for (const { groups } of html.matchAll(TAGS)) {
    const read = (name) => unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(groups.attributes)?.[1] ?? null);
    if (groups.tag === 'form')
      form = groups.closing ? null : { action: read('action'), method: read('method'), fields: [] };
    else if (form === null || groups.closing) continue;
    else if (groups.tag === 'input') form.fields.push([read('name'), read('value') ?? '']);
    else if (value === null || read('value') === value) {
      const own = read('name') === null ? [] : [[read('name'), read('value') ?? '']];
      return { ...form, fields: [...form.fields, ...own] };
    }
  }
  return null;
}

function unescaped(text) {
  return text?.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&') ?? null;
}

/** Cookies are kept by host and port, which is finer than browsers do it, and enough for two servers on one machine. */
function keep(cookies, { host }, lines) {
  const kept = cookies.get(host) ?? new Map();
  for (const line of lines) {
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    kept.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
  }
  cookies.set(host, kept);
}

function sentTo(cookies, { host }) {
  return [...(cookies.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
}
