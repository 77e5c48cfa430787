// SPDX-License-Identifier: MIT
// Areas that scroll can be reached by keyboard (WCAG 2.1.1): at 320 px wide tables and code scroll sideways.
function reachScrollAreas() {
  for (const area of document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset__table, .md-typeset pre > code, .md-sidebar__scrollwrap")) {
    const scrolls = area.scrollWidth > area.clientWidth || area.scrollHeight > area.clientHeight;
    if (scrolls) area.setAttribute("tabindex", "0");
    else area.removeAttribute("tabindex");
  }
}
addEventListener("load", reachScrollAreas);
addEventListener("resize", reachScrollAreas);
