// The site works without this file. It adds the text size buttons, Escape for the menu, the video player and the light on the map.

const root = document.documentElement;
const LEAST = -1;
const GREATEST = 3;

function setStep(step) {
  const kept = Math.max(LEAST, Math.min(GREATEST, step));
  if (kept) root.dataset.textStep = String(kept);
  else delete root.dataset.textStep;
  try {
    if (kept) localStorage.setItem("text-step", String(kept));
    else localStorage.removeItem("text-step");
  } catch (error) {
    // Nothing is remembered where storage is closed.
  }
  for (const button of document.querySelectorAll("[data-text-step]:not(html)")) {
    const next = kept + Number(button.dataset.textStep);
    button.setAttribute("aria-disabled", String(next < LEAST || next > GREATEST));
  }
}

for (const group of document.querySelectorAll(".text-size")) {
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) setStep(Number(root.dataset.textStep || 0) + Number(button.dataset.textStep));
  });
}
setStep(Number(root.dataset.textStep || 0));

// The menu of a phone closes by Escape from anywhere in it, and gives the focus back to what opened it.
document.querySelector(".menu")?.addEventListener("keydown", (event) => {
  const fold = event.currentTarget.querySelector(".menu-fold[open]");
  if (event.key !== "Escape" || !fold) return;
  fold.open = false;
  fold.querySelector("summary").focus();
});

// The player is asked for only here, after the click; until then nothing is sent to anybody.
for (const link of document.querySelectorAll("[data-video]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const frame = document.createElement("iframe");
    frame.src = `https://www.youtube-nocookie.com/embed/${encodeURIComponent(link.dataset.video)}?autoplay=1&rel=0`;
    frame.title = link.dataset.title;
    frame.allow = "autoplay; encrypted-media; picture-in-picture; fullscreen";
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    link.closest(".player").replaceChildren(frame);
    frame.focus();
  });
}

// The map and the list beside it: what the pointer or the keyboard is on in one of them lights up in the other.
for (const map of document.querySelectorAll(".map-and-list")) {
  for (const [begin, end] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
    for (const [name, shown] of [[begin, true], [end, false]]) {
      map.addEventListener(name, (event) => {
        const code = event.target.closest("[data-place]")?.dataset.place;
        if (!code) return;
        for (const each of map.querySelectorAll(`[data-place="${CSS.escape(code)}"]`)) each.classList.toggle("is-shown", shown);
      });
    }
  }
}
