// The search works without this file. It completes words while typing: a combobox after the ARIA pattern (list, manual choice).

const form = document.querySelector("form.search");
const input = form.querySelector("input");
const list = document.createElement("ul");
const status = document.createElement("p");
let at = -1;
let timer = 0;
let latest = 0;

list.id = "words";
list.className = "words";
list.hidden = true;
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", form.querySelector("label").textContent);
status.className = "hidden";
status.setAttribute("role", "status");
input.after(list, status);
input.setAttribute("role", "combobox");
input.setAttribute("aria-autocomplete", "list");
input.setAttribute("aria-controls", "words");
input.setAttribute("aria-expanded", "false");

function close() {
  at = -1;
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function mark(next) {
  const options = [...list.children];
  at = next < -1 ? options.length - 1 : next >= options.length ? -1 : next;
  options.forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
  if (at < 0) input.removeAttribute("aria-activedescendant");
  else input.setAttribute("aria-activedescendant", options[at].id);
}

function show(words) {
  list.replaceChildren(
    ...words.map((word, number) => {
      const option = document.createElement("li");
      option.id = `word-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = word;
      return option;
    }),
  );
  at = -1;
  list.hidden = !words.length;
  input.setAttribute("aria-expanded", String(words.length > 0));
  status.textContent = words.length ? form.dataset.said.replace("{n}", words.length) : "";
}

async function ask() {
  const turn = (latest += 1);
  try {
    const answer = await fetch(`${form.dataset.words}?q=${encodeURIComponent(input.value)}`);
    const { words } = await answer.json();
    if (turn === latest && document.activeElement === input) show(words);
  } catch (error) {
    close(); // Without suggestions the form still works.
  }
}

function take(option) {
  input.value = option.textContent;
  close();
  form.requestSubmit();
}

input.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, 120);
});
input.addEventListener("keydown", (event) => {
  if (list.hidden) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    mark(at + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Escape") {
    event.preventDefault();
    close();
  } else if (event.key === "Enter" && at >= 0) {
    event.preventDefault();
    take(list.children[at]);
  }
});
list.addEventListener("mousedown", (event) => event.preventDefault());
list.addEventListener("click", (event) => {
  const option = event.target.closest("li");
  if (option) take(option);
});
input.addEventListener("blur", close);
