// The theme lets wide tables scroll; with a tab index, the keyboard reaches them, too.
addEventListener("load", () => {
  for (const wide of document.querySelectorAll(".md-typeset__scrollwrap")) wide.tabIndex = 0;
});
