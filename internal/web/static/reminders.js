// Copies the letter of a reminder, and hands to the mail program what stands in the
// fields now. Without this script the text can be marked, and the link opens the letter
// as it was proposed.

for (const form of document.querySelectorAll("form[data-reminder]")) {
  const { to, subject, text } = form.elements;
  const status = form.querySelector("[data-status]");
  const copy = form.querySelector("[data-copy]");
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.value);
      status.textContent = copy.dataset.done;
    } catch {
      text.focus();
      text.select();
      status.textContent = copy.dataset.byhand;
    }
  });
  const link = form.querySelector("[data-mailto]");
  link.addEventListener("click", () => {
    const addresses = to.value.split(/[,;\s]+/).filter(Boolean).map(encodeURIComponent).join(",");
    const body = text.value.replace(/\r?\n/g, "\r\n");
    link.href = `mailto:${addresses}?subject=${encodeURIComponent(subject.value)}&body=${encodeURIComponent(body)}`;
  });
}
