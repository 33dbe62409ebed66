// A second tap while the answer travels is ignored. The button is not `disabled`: a disabled button would not
// send its own name and value. It wakes up again when the page comes back, and after ten seconds anyway.
const PATIENCE = 10_000;

function wakeUp(form) {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
}

export function preventDoubleSubmit() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) return event.preventDefault();
    if (event.defaultPrevented) return;
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
    setTimeout(() => wakeUp(form), PATIENCE);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(wakeUp));
}
