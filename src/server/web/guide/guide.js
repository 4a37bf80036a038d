// Asks for the guide with the token of this address, and shows it. The token stands in the fragment,
// which no server and no proxy sees; it goes in a header that none writes down.
'use strict';

(() => {
  const token = location.hash.slice(1);

  async function show(lang) {
    const address = new URL(location.pathname, location.origin);
    if (lang) address.searchParams.set('lang', lang);
    const answer = await fetch(address, {
      headers: { authorization: `Bearer ${token}` }, cache: 'no-store', credentials: 'omit',
    });
    if (!answer.ok) {
      const { text, code } = await answer.json();
      return tell(`${text} (${code})`);
    }
    const sheet = new DOMParser().parseFromString(await answer.text(), 'text/html');
    document.documentElement.lang = sheet.documentElement.lang;
    document.title = sheet.title;
    document.body.replaceChildren(...sheet.body.children);
    // Who chose a language with the keyboard goes on there.
    if (lang) document.querySelector(`[data-lang="${lang}"]`)?.focus();
  }

  function tell(text) {
    const place = document.getElementById('wait') ?? document.querySelector('main');
    place.textContent = text;
    place.setAttribute('role', 'alert');
  }

  function begin(lang) {
    show(lang).catch(() => tell('暂时无法打开，请稍后重试。 / It cannot be opened now. Try again later.'));
  }

  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button') : null;
    if (button?.dataset.lang) begin(button.dataset.lang);
    if (button && 'print' in button.dataset) window.print();
  });

  begin();
})();
