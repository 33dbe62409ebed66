// On a bad line the answers stay in the page, and leave once the line is back. Without this file the form is sent as
// any other. What was sent twice is counted once: the server knows the form again.
const AGAIN = 15_000;
const NO_LINE = "Pas de réseau. Vos réponses restent dans cette page. Elles partent dès que le réseau revient.";
const SIGNED_OUT = "Connectez-vous dans un autre onglet. Puis revenez ici et appuyez encore sur le bouton : vos réponses sont là.";

function say(form, text) {
  let said = form.querySelector("[data-draft-said]");
  if (!said) {
    said = document.createElement("p");
    said.className = "said said--warning";
    said.setAttribute("role", "status");
    said.dataset.draftSaid = "";
    form.append(said);
  }
  said.textContent = text;
}

function keepDraft(form) {
  let timer = 0, isSending = false;
  const wait = (text) => {
    say(form, text);
    isSending = false;
  };
  const send = async () => {
    if (isSending) return;
    isSending = true;
    clearTimeout(timer);
    timer = 0;
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
    if (!answer || answer.status >= 500) {
      timer = setTimeout(send, AGAIN);
      return wait(NO_LINE);
    }
    if (answer.status === 401) return wait(SIGNED_OUT);
    if (answer.redirected) return follow(answer);
    form.submit(); // refused: nothing was saved, and the page that says why comes the usual way
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  window.addEventListener("online", () => timer && send());
  window.addEventListener("pageshow", () => (isSending = false));
}

// The address of an answer bears no fragment, and what was done is said on the line of who came.
function follow(answer) {
  const to = new URL(answer.url);
  const about = to.searchParams.get("rdv");
  if (about) to.hash = `rdv-${about}`;
  location.assign(to);
}

export function keepDrafts() {
  document.querySelectorAll("form[data-draft]").forEach(keepDraft);
}
