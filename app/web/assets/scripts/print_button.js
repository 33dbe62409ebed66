// Printing needs a script, so its button exists only where scripts run: <div data-print-button="Imprimer">.
export function addPrintButtons() {
  for (const place of document.querySelectorAll("[data-print-button]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--secondary";
    button.append(...place.children, place.dataset.printButton);
    button.addEventListener("click", () => window.print());
    place.replaceChildren(button);
    place.hidden = false;
  }
}
