// Suggestions under the search box, "/" to reach it, and the choice of colours. All pages work without it.
"use strict";
(() => {
  const root = document.documentElement;
  const theme = document.getElementById("theme");
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const kept = (value) => {
    try { return value ? localStorage.setItem("theme", value) : localStorage.getItem("theme"); } catch { return null; }
  };
  const show = () => theme.setAttribute("aria-pressed", String(dark()));
  if (["dark", "light"].includes(kept())) root.dataset.theme = kept();
  theme.hidden = false;
  theme.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; kept(root.dataset.theme); show(); });
  show();

  const input = document.getElementById("search");
  const hits = document.getElementById("hits");
  const live = document.getElementById("live");
  let found = [], chosen = -1, asked = 0;
  Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "hits" })
    .forEach(([name, value]) => input.setAttribute(name, value));
  const close = () => { hits.hidden = true; chosen = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const mark = (index) => {
    chosen = index;
    [...hits.children].forEach((child, i) => child.setAttribute("aria-selected", String(i === index)));
    if (index >= 0) { input.setAttribute("aria-activedescendant", `hit-${index}`); hits.children[index].scrollIntoView({ block: "nearest" }); }
    else input.removeAttribute("aria-activedescendant");
  };
  const list = (fresh) => {
    const before = chosen >= 0 ? found[chosen].id : "";
    found = fresh;
    hits.replaceChildren(...found.map((hit, index) => {
      const option = document.createElement("div");
      const what = document.createElement("small");
      option.id = `hit-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      what.textContent = hit.what;
      option.append(hit.label, what);
      option.addEventListener("mousedown", (event) => { event.preventDefault(); location.assign(`/id/${encodeURIComponent(hit.id)}`); });
      return option;
    }));
    hits.hidden = !found.length;
    mark(found.findIndex((hit) => hit.id === before)); // an answer that comes late takes no choice away
    input.setAttribute("aria-expanded", String(!!found.length));
    live.textContent = `${found.length} suggestions`;
  };
  let waiting;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    if (!input.value.trim()) return close();
    waiting = setTimeout(async () => {
      const turn = ++asked;
      const answer = await fetch(`/search.json?q=${encodeURIComponent(input.value)}`).catch(() => null);
      if (!answer || !answer.ok || turn !== asked) return;
      list(await answer.json());
    }, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return close();
    if (hits.hidden || !found.length) return;
    if (event.key === "ArrowDown") { mark((chosen + 1) % found.length); event.preventDefault(); }
    if (event.key === "ArrowUp") { mark((chosen - 1 + found.length) % found.length); event.preventDefault(); }
    if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); location.assign(`/id/${encodeURIComponent(found[chosen].id)}`); }
  });
  input.addEventListener("blur", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && !event.target.closest(".cm-editor, #editor")) { input.focus(); event.preventDefault(); }
  });
})();
