// Browsers that ignore `autofocus` on a box still bring the reader to the list of errors, and a link of
// the list leads to the whole question: its label comes into view, not the bare input.
export function focusErrorSummary() {
  const summary = document.querySelector(".govuk-error-summary");
  if (!summary) return;
  if (!("autofocus" in HTMLElement.prototype)) summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const input = link && document.getElementById(link.hash.slice(1));
    if (!input) return;
    event.preventDefault();
    const question = input.closest("fieldset") || input.closest(".govuk-form-group") || input;
    question.scrollIntoView();
    input.focus({ preventScroll: true });
  });
}
