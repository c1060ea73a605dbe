// What furo leaves out: code that runs out of its box can be scrolled by keyboard, and each aside has its name.
for (const block of document.querySelectorAll("pre")) if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
for (const [place, name] of [[".sidebar-drawer", "Contents of the manual"], [".toc-drawer", "On this page"]]) {
  document.querySelector(place)?.setAttribute("aria-label", name);
}
