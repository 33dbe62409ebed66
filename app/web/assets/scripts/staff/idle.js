// The session ends after half an hour without a page: say so two minutes before, and let one go on with one press.
// Another tab, or a search of the desk, may keep it alive meanwhile: the server is asked before anything is said.
const WARNING_S = 2 * 60;

export function warnBeforeTimeOut() {
  const banner = document.querySelector("[data-idle]");
  const whole = Number(document.body.dataset.idleMinutes) * 60;
  if (!banner || !whole) return;
  const form = banner.querySelector("form");
  let timer, endsAt;

  // So many seconds are left if nobody does anything.
  const follow = (left) => {
    clearTimeout(timer);
    if (left <= 0) return signedOut();
    const isEarly = left > WARNING_S;
    if (isEarly) banner.hidden = true;
    else if (banner.hidden) show();
    endsAt = Date.now() + left * 1000;
    timer = setTimeout(ask, (isEarly ? left - WARNING_S : left) * 1000);
  };
  // Asking keeps nothing alive. Without an answer this page goes by its own clock.
  const ask = async () => {
    const answer = await fetch(banner.dataset.idle).catch(() => ({}));
    follow(answer.ok ? (await answer.json()).seconds : Math.round((endsAt - Date.now()) / 1000));
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
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => ({}));
    if (answer.ok) follow(whole);
    else ask();
  });
  follow(whole);
}
