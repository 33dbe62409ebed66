// The phone desk at the speed of the call: people as digits arrive, times as answers change, all by the keyboard.
// Without this file the page asks the same in two steps.
const PAUSE = 150;
const TEXT = "telephone prenom nom";
const FOR_TIMES = "commune besoin deplacement delai";

export function quickenTheDesk() {
  const form = document.querySelector("[data-desk]");
  if (!form) return;
  const said = form.querySelector("[data-desk-said]");
  const lists = { people: list("people", form.dataset.deskPeople), times: list("times", form.dataset.deskTimes) };
  const named = (name) => [...form.querySelectorAll(`[name="${name}"]`)];
  const value = (name) => named(name)[0].value;
  const isOne = (names, name) => names.split(" ").includes(name);
  form.classList.add("desk--quick");

  // A list is asked for again as a fragment; an older answer never replaces a younger one.
  function list(name, address) {
    const place = form.querySelector(`[data-desk-list="${name}"]`);
    let last = 0, timer, waiting = Promise.resolve();
    const ask = async (extra) => {
      const turn = ++last;
      const body = new FormData(form);
      if (extra) body.set(extra.name, extra.value);
      place.setAttribute("aria-busy", "true");
      const answer = await fetch(address, { method: "POST", body }).catch(() => ({}));
      if (turn !== last) return;
      place.removeAttribute("aria-busy");
      if (!answer.ok) return void (said.textContent = "Pas de réponse. Appuyez sur « Chercher ».");
      const found = await answer.json();
      place.innerHTML = found.html;
      said.textContent = found.said;
    };
    return {
      now: (extra) => (clearTimeout(timer), (timer = 0), (waiting = ask(extra))),
      soon() {
        clearTimeout(timer);
        timer = setTimeout(() => this.now(), PAUSE);
      },
      clear() {
        clearTimeout(timer);
        last += 1;
        timer = 0;
        place.replaceChildren();
      },
      settled() {
        return timer ? this.now() : waiting;
      },
    };
  }

  function isEnough() {
    const digits = value("telephone").replace(/\D/g, "").length;
    const letters = (value("prenom") + value("nom") || value("telephone")).replace(/[^\p{L}]/gu, "").length;
    return digits >= 4 || letters >= 3;
  }

  function tick(name, wanted) {
    const radio = named(name).find((each) => each.value === wanted);
    if (radio) radio.checked = true;
  }

  function focusOn(name) {
    const group = named(name);
    const target = group.find((each) => each.checked) || group[0];
    if (target) target.focus();
  }

  function pick(radio) {
    radio.checked = true;
    if (radio.value === "nouvelle") return focusOn("prenom");
    const known = radio.dataset;
    named("prenom")[0].value = known.prenom;
    named("nom")[0].value = known.nom;
    if (known.commune) named("commune")[0].value = known.commune;
    tick("message", known.message);
    lists.times.now();
    focusOn("besoin");
  }

  // Enter goes on with the call: it picks the person or the time, and leads to the next question.
  async function goOn(target) {
    const name = target.name;
    if (name === "telephone") {
      await lists.people.settled();
      const first = named("personne")[0];
      return first && first.value !== "nouvelle" ? pick(first) : focusOn("prenom");
    }
    if (name === "personne") return pick(target);
    if (name === "besoin") target.checked = true;
    if (name !== "commune" && isOne(FOR_TIMES, name)) {
      await lists.times.settled();
      return focusOn("choix");
    }
    if (name === "choix") target.checked = true;
    const next = { prenom: "nom", nom: "commune", commune: "besoin", choix: "message", message: "email", email: "note" }[name];
    if (next) focusOn(next);
  }

  form.addEventListener("input", (event) => {
    const target = event.target;
    if (!isOne(TEXT, target.name)) return;
    if (target.name !== "telephone") tick("personne", "nouvelle");
    const isLandline = /^0[1-59]|^\+33[1-59]/.test(value("telephone").replace(/[^\d+]/g, ""));
    if (isLandline && named("message").some((each) => each.checked && each.value === "SMS")) tick("message", "VOICE");
    if (isEnough()) lists.people.soon();
    else lists.people.clear();
  });
  form.addEventListener("change", (event) => {
    if (isOne(FOR_TIMES, event.target.name)) lists.times.now();
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name]");
    if (button) {
      event.preventDefault();
      lists.times.now(button).then(() => focusOn("choix"));
    }
    if (event.detail && event.target.name === "personne") pick(event.target);
  });
  document.addEventListener("keydown", (event) => {
    const key = event.key;
    const target = event.target;
    if (event.isComposing || event.altKey || event.metaKey) return;
    if (key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      return form.querySelector("[data-desk-save]").click();
    }
    if (event.ctrlKey || !/INPUT|SELECT/.test(target.tagName) || !form.contains(target)) return;
    if (key === "Enter") {
      event.preventDefault();
      goOn(target);
    } else if (key === "ArrowDown" && target.name === "telephone") {
      event.preventDefault();
      focusOn("personne");
    } else if (target.type === "radio" && /^\d$/.test(key)) {
      const radio = named(target.name)[(Number(key) + 9) % 10];
      if (!radio) return;
      radio.checked = true;
      radio.focus();
      radio.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  focusOn(document.querySelector(".govuk-error-summary") ? "" : "telephone");
}
