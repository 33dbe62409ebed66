// The session ends after half an hour without a page: say so two minutes before, and let one go on with one press.
const WARNING_MINUTES = 2;
const MINUTE = 60_000;

export function warnBeforeTimeOut() {
  const banner = document.querySelector("[data-idle]");
  const minutes = Number(document.body.dataset.idleMinutes);
  if (!banner || !minutes) return;
  const form = banner.querySelector("form");
  let warning, end;

  const start = () => {
    banner.hidden = true;
    clearTimeout(warning);
    clearTimeout(end);
    warning = setTimeout(show, (minutes - WARNING_MINUTES) * MINUTE);
    end = setTimeout(signedOut, minutes * MINUTE);
  };
  const show = () => {
    banner.hidden = false;
    form.querySelector("button").focus();
  };
  // Never away from the page: what was typed stays here, to be sent after signing in elsewhere.
  const signedOut = () => {
    const link = document.createElement("a");
    Object.assign(link, { href: "/agents/connexion", target: "_blank", textContent: "Se reconnecter dans un autre onglet" });
    banner.hidden = false;
    banner.querySelector("p").replaceChildren("Vous êtes déconnecté. Ce que vous avez écrit reste sur cette page. ", link);
    form.hidden = true;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (answer.ok) start();
    else signedOut();
  });
  start();
}
