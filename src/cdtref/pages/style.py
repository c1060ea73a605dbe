"""
A page as a document of its own: the head and the style. No script, no framework, nothing fetched.
"""

from __future__ import annotations

from html import escape
from typing import Final

STYLE: Final = """
:root { color-scheme: light dark; }
:root { --ink: #1c2733; --soft: #56657a; --line: #dbe2ea; --tint: #f2f6fa; --accent: #0b6177; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4eaf0; --soft: #a3b1c1; --line: #33414f; --tint: #1d2833; --accent: #6cc4da; }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: Canvas;
  font: 1rem/1.6 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
.cdt-page { overflow-wrap: anywhere; }
.cdt-page h1 { font-size: 1.75rem; line-height: 1.25; margin: 0; text-wrap: balance; }
.cdt-page .cdt-code { display: block; color: var(--accent);
  font: 600 1.25rem/1.5 ui-monospace, Menlo, monospace; }
.cdt-page .cdt-whole { white-space: nowrap; }
.cdt-page .cdt-state { margin: .5rem 0 0; color: var(--soft); }
.cdt-page header { padding-bottom: 1.25rem; border-bottom: 1px solid var(--line); }
.cdt-page figure { margin: 1.5rem 0; text-align: center; }
.cdt-page figure svg { max-width: 100%; height: auto; }
.cdt-page h2 { font-size: 1.0625rem; margin: 2rem 0 .375rem; color: var(--accent); }
.cdt-page h3 { font-size: 1rem; margin: 1rem 0 .125rem; }
.cdt-page p { margin: 0 0 .5rem; }
.cdt-page ul { margin: 0; padding-left: 1.25rem; }
.cdt-page a { color: var(--accent); text-underline-offset: .15em; }
.cdt-page dl { margin: .5rem 0 0; border-top: 1px solid var(--line); }
.cdt-page dl div { display: grid; grid-template-columns: 12rem 1fr; gap: 0 1rem;
  padding: .4375rem 0; border-bottom: 1px solid var(--line); }
/* A long term does not push its values apart. */
.cdt-page dt { color: var(--soft); grid-row: 1 / span 99; }
.cdt-page dd { margin: 0; grid-column: 2; }
.cdt-page .cdt-plain-language p { padding: .75rem 1rem; background: var(--tint);
  border-radius: .375rem; }
.cdt-page .cdt-also-known-as ul { display: flex; flex-wrap: wrap; gap: .375rem; padding: 0;
  list-style: none; }
.cdt-page .cdt-also-known-as li { padding: .0625rem .625rem; background: var(--tint);
  border-radius: 1rem; font-size: .9375rem; }
.cdt-page .cdt-sources, .cdt-page footer { font-size: .875rem; color: var(--soft); }
.cdt-page footer { margin-top: 2rem; padding-top: 1rem; border-top: 1px solid var(--line); }
/* On a phone what the claim must carry stands within the first screen, or just below it. */
@media (max-width: 34rem) {
  main { padding-top: 1.25rem; }
  .cdt-page header { padding-bottom: .75rem; }
  .cdt-page h2 { margin-top: 1.25rem; }
  .cdt-page h1 { font-size: 1.4375rem; }
  .cdt-page dl div { display: block; }
  .cdt-page dt { font-size: .875rem; }
}
@media print { main { max-width: none; padding: 0; } .cdt-page section { break-inside: avoid; } }
"""


def document(title: str, about: str, body: str, json_ld: str) -> str:
    """An HTML document around *body*; *json_ld* is JSON text that holds no '<'."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<meta name="description" content="{escape(about)}">
<style>{STYLE}</style>
<script type="application/ld+json">{json_ld}</script>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""
