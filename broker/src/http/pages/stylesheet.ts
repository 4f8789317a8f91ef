import { palettes } from './palette';

/** The one style sheet of a page, in the brand's colours. It holds nothing else from outside. */
export function stylesheet(brandColor: string | null): string {
  const { light, dark } = palettes(brandColor);
  return `
:root{color-scheme:light dark;${light}--text:#15181d;--muted:#4c545f;--line:#dfe2e7;--field:#7b8490;--good:#14713a;--good-wash:#e7f5ec;--wait:#8a4b08;--wait-wash:#fdf2e0;--bad:#b3261e;--bad-wash:#fdecea}
@media (prefers-color-scheme:dark){:root{${dark}--text:#eef0f3;--muted:#b3bac5;--line:#343a44;--field:#8d96a3;--good:#7ddba0;--good-wash:#173325;--wait:#f3c078;--wait-wash:#382a14;--bad:#ffb1a9;--bad-wash:#421d1b}}
${RULES}`;
}

const RULES = `*{box-sizing:border-box;margin:0}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;background:var(--page);color:var(--text);font:1rem/1.5 -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Helvetica Neue",Arial,system-ui,sans-serif;overflow-wrap:anywhere}
header,main,footer{width:100%;max-width:34rem;margin-inline:auto;padding-inline:1.25rem}
header{display:flex;align-items:center;gap:.75rem;padding-block:1.25rem 1rem;font-weight:600}
main{background:var(--card);padding-block:1.5rem 1.75rem;border-block:1px solid var(--line);flex:1 0 auto}
footer{padding-block:1.25rem 2rem;color:var(--muted);font-size:.875rem}
footer p+p{margin-top:.75rem}
.promise{display:flex;gap:.5rem}
.promise svg{margin-top:.125rem}
h1{font-size:1.5rem;line-height:1.25;letter-spacing:-.015em;text-wrap:balance}
h2{font-size:1rem;line-height:1.4}
section{margin-top:1.5rem}
ul,ol{list-style:none;padding:0}
a{color:var(--accent);text-underline-offset:.2em}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.8125rem}
svg{display:block;flex:none}
:focus-visible{outline:3px solid var(--accent);outline-offset:3px;border-radius:.25rem}
.tile{flex:none;display:grid;place-items:center;width:2.5rem;height:2.5rem;border:1px solid var(--edge);border-radius:.625rem;background:var(--button);color:var(--on-button);font-weight:700;font-size:1.125rem}
.logo{flex:none;width:2.5rem;height:2.5rem;border-radius:.625rem;border:1px solid var(--line);background:#fff;object-fit:contain;padding:.125rem}
.lead{margin-top:.5rem;color:var(--muted)}
.lead strong{color:var(--text)}
.note{margin-top:1rem;padding:.75rem 1rem;border-radius:.75rem;background:var(--wait-wash);color:var(--wait)}
.note strong{display:block}
.reason{margin-top:.5rem;padding:.25rem 0 .25rem 1rem;border-left:3px solid var(--accent);white-space:pre-line}
.scopes{margin-top:.625rem;display:grid;gap:.75rem}
.scopes li{display:flex;gap:.75rem}
.scopes svg{margin-top:.1875rem;color:var(--accent)}
.scopes code{display:block;color:var(--muted);font-size:.75rem}
.scopes code.alone{color:var(--text);font-size:.875rem;line-height:1.5rem}
.plain{margin-top:.5rem}
.steps{margin-top:.75rem;counter-reset:step;display:grid;gap:.75rem}
.steps li{counter-increment:step;position:relative;padding-left:2.25rem;min-height:1.5rem}
.steps li::before{content:counter(step);position:absolute;left:0;top:0;width:1.5rem;height:1.5rem;border-radius:50%;background:var(--wash);color:var(--accent);font-size:.8125rem;font-weight:700;line-height:1.5rem;text-align:center}
.steps small{display:block;color:var(--muted);font-size:.875rem}
form{margin-top:1.5rem}
.field{margin-bottom:1.25rem}
label{display:block;font-weight:600}
.help{color:var(--muted);font-size:.875rem}
input,select{display:block;width:100%;min-height:3rem;margin-top:.5rem;padding:.625rem .75rem;border:1px solid var(--field);border-radius:.625rem;background:var(--card);color:var(--text);font:inherit}
[aria-invalid=true]{border:2px solid var(--bad)}
.error{display:flex;gap:.5rem;margin-top:.5rem;color:var(--bad);font-weight:600}
.error svg{margin-top:.125rem}
.button{display:flex;align-items:center;justify-content:center;gap:.625rem;width:100%;min-height:3.25rem;padding:.75rem 1.25rem;border:2px solid var(--edge);border-radius:.75rem;background:var(--button);color:var(--on-button);font:inherit;font-size:1.0625rem;font-weight:650;line-height:1.3;text-align:center;text-decoration:none;cursor:pointer}
.button:hover{box-shadow:0 .25rem .875rem rgb(0 0 0/.22)}
.button:focus-visible{border-radius:.75rem}
.quiet{background:var(--card);color:var(--accent);border-color:var(--line)}
.actions{display:grid;gap:.75rem;margin-top:1.5rem}
.until{margin-top:.875rem;color:var(--muted);font-size:.875rem;text-align:center;text-wrap:balance}
.mark{display:grid;place-items:center;width:3.5rem;height:3.5rem;margin-bottom:1.25rem;border-radius:50%}
.good{background:var(--good-wash);color:var(--good)}
.wait{background:var(--wait-wash);color:var(--wait)}
.bad{background:var(--bad-wash);color:var(--bad)}
.account{margin-top:1rem;padding-left:1rem;border-left:3px solid var(--accent)}
.account strong{display:block}
.turn{padding:1rem 1.125rem;border-radius:.75rem;background:var(--wash)}
.turn p{margin-top:.25rem}
.said{margin-top:1rem;padding-left:1rem;border-left:3px solid var(--line);color:var(--muted)}
.said q{color:var(--text);quotes:"“" "”"}
.said q:lang(fr){quotes:"«\\a0" "\\a0»"}
@media (min-width:40rem){body{padding-block:clamp(0rem,6vh,4rem)}main{flex:0 0 auto;padding:2.25rem 2.5rem 2.5rem;border:1px solid var(--line);border-radius:1.25rem;box-shadow:0 1px 2px rgb(0 0 0/.05),0 .75rem 2.5rem rgb(0 0 0/.07)}h1{font-size:1.75rem}header,footer{padding-inline:2.5rem}}
@media (prefers-reduced-motion:no-preference){.button{transition:box-shadow .15s}}
@media (forced-colors:active){.tile,.mark,.steps li::before{border:1px solid}}
`;
