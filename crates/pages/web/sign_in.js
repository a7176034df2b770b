// A sign-in link carries its secret behind a #, so that it reaches no server by itself. It leaves the address at once, and is sent
// when somebody presses the button: whatever else opens the link, to look at it, does not use it up.

const secret = location.hash.slice(1);
if (secret && secret !== "content") {
  history.replaceState(null, "", location.pathname + location.search);
  const form = document.getElementById("sign-in");
  form.elements.secret.value = secret;
  form.querySelector("[data-part=paste]").hidden = true;
  form.querySelector("[data-part=ready]").hidden = false;
  form.querySelector("button").focus();
}
