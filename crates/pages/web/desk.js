// What makes the desk's pages quicker. All of them work without it.

/** How often a page that shows what others do looks again, in milliseconds. */
const EVERY = 5_000;

/** Looks again: every part that is marked as live becomes what the server shows now, but where somebody is typing. */
async function look() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const now = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = now.getElementById(part.id);
    const isTyping = part.contains(document.activeElement) || [...part.querySelectorAll("input, textarea")].some(({ value, defaultValue }) => value !== defaultValue);
    if (other && !isTyping && other.innerHTML !== part.innerHTML) part.replaceChildren(...other.childNodes);
  }
}

if (document.querySelector("[data-live]")) {
  setInterval(() => document.hidden || look().catch(() => {}), EVERY);
}

// A file that is chosen is read into the field that is sent.
for (const chosen of document.querySelectorAll("input[type=file][data-into]")) {
  chosen.addEventListener("change", async () => {
    const [file] = chosen.files;
    if (file) document.getElementById(chosen.dataset.into).value = await file.text();
  });
}

// What is to be given to somebody is copied by one press.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.copied;
  });
}

// Somebody waits for what takes long; and nothing is sent twice.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button:not([name])");
    if (button) setTimeout(() => (button.disabled = true));
  });
}
addEventListener("pageshow", () => document.querySelectorAll("button:disabled").forEach((button) => (button.disabled = false)));
