import { palettes } from '../pages/palette';

/** The style of the documentation: by day and by night, from a phone to a wide screen, where the list of routes stands beside. */
export function docsStylesheet(): string {
  const { light, dark } = palettes(null);
  return `
:root{color-scheme:light dark;${light}--text:#15181d;--muted:#4c545f;--line:#dfe2e7}
@media (prefers-color-scheme:dark){:root{${dark}--text:#eef0f3;--muted:#b3bac5;--line:#343a44}}
*{box-sizing:border-box;margin:0}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:1rem}
body{background:var(--page);color:var(--text);font:1rem/1.55 -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Helvetica Neue",Arial,system-ui,sans-serif;overflow-wrap:anywhere}
header,nav,main{padding:1.25rem;max-width:52rem;margin-inline:auto}
a{color:var(--accent);text-underline-offset:.2em}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:.25rem}
h1{font-size:1.75rem;letter-spacing:-.015em}
h1 small{color:var(--muted);font-size:1rem;font-weight:400;letter-spacing:0}
h2{margin-top:2.5rem;font-size:1.375rem;letter-spacing:-.01em}
h3{font-size:1.0625rem;line-height:1.4}
h4{margin-top:1rem;font-size:.875rem}
header p,section>p{margin-top:.5rem;color:var(--muted)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.875em}
nav h2{margin-top:1rem;font-size:.875rem;color:var(--muted);letter-spacing:0}
nav ul{list-style:none;padding:0}
nav li a{display:block;padding:.25rem 0;color:var(--text);text-decoration:none;font-size:.875rem}
nav li a:hover{text-decoration:underline}
.method{display:inline-block;min-width:3.75rem;color:var(--accent);font-size:.75rem;font-weight:700;letter-spacing:.03em}
article{margin-top:1.25rem;padding:1.25rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem}
article:target,dl>div:target{outline:2px solid var(--accent)}
article>p{margin-top:.5rem}
.requires{color:var(--muted);font-size:.875rem}
.problems{font-size:.8125rem;line-height:1.9}
.problems a{margin-right:.75rem;white-space:nowrap}
pre{margin-top:.5rem;padding:.875rem 1rem;overflow-x:auto;background:var(--wash);border-radius:.5rem;overflow-wrap:normal}
details{margin-top:1rem}
summary{cursor:pointer;font-size:.875rem;font-weight:600}
dl{margin-top:.5rem}
dl>div{padding:.4375rem 0;border-top:1px solid var(--line)}
dt span{margin-left:.375rem;color:var(--muted);font-size:.8125rem}
dd{font-size:.875rem}
@media (min-width:70rem){body{display:grid;grid-template-columns:20rem minmax(0,1fr);grid-template-rows:auto 1fr;column-gap:1rem;max-width:80rem;margin-inline:auto}header{grid-column:2}header,main{margin-inline:0}nav{grid-row:1/3;position:sticky;top:0;max-height:100vh;overflow-y:auto}}
@media print{nav{display:none}article{break-inside:avoid}}
`;
}
