// Runs before the first paint, as its own file so that the content security policy needs no inline script.
(function () {
  var root = document.documentElement;
  try {
    var kept = JSON.parse(localStorage.getItem("rapport.preferences") || "{}");
    if (kept.theme === "light" || kept.theme === "dark") root.dataset.theme = kept.theme;
    if (kept.density === "compact") root.dataset.density = "compact";
    if (kept.language) root.lang = kept.language;
  } catch (unreadable) {
    // A private window without storage keeps the system's theme.
    root.dataset.preferences = "unavailable";
  }
})();
