import type { JSX } from 'preact';
import type { Client } from '../client';
import { lang, other, strings } from '../i18n';
import { ClientContext, useClient } from './context';
import { Ended } from './ended';
import { Failed } from './failed';
import { Icon } from './icon';
import { Lobby } from './lobby';
import { Meeting } from './meeting';
import { Notices } from './notices';
import { Prejoin } from './prejoin';

export function App({ client }: { client: Client }): JSX.Element {
  const { at } = client.session.value.phase;
  return (
    <ClientContext.Provider value={client}>
      <div class={`app at-${at}`}>
        <Header />
        <Screen />
        <Notices />
      </div>
    </ClientContext.Provider>
  );
}

function Screen(): JSX.Element {
  const { session } = useClient();
  switch (session.value.phase.at) {
    case 'checking':
      return <main class="page"><p role="status" class="waiting">{strings.value.checking.title}</p></main>;
    case 'prejoin':
    case 'joining':
      return <Prejoin />;
    case 'lobby':
      return <Lobby />;
    case 'meeting':
      return <Meeting />;
    case 'failed':
      return <Failed />;
    case 'ended':
      return <Ended />;
  }
}

function Header(): JSX.Element {
  const t = strings.value.language;
  const next = other(lang.value);
  return (
    <header class="head">
      <span class="brand"><Icon name="logo" />Causeway</span>
      <button type="button" class="plain" lang={next} onClick={() => { lang.value = next; }}>
        <Icon name="globe" />
        {t.other}
      </button>
    </header>
  );
}
