import type { JSX } from 'preact';
import { strings } from '../i18n';
import { useClient } from './context';
import { Copy } from './copy';
import { Icon } from './icon';
import { PhoneCard } from './phone';

/** Where this browser cannot do all: the system's browser, the copied link, the telephone. */
export function Elsewhere(): JSX.Element {
  const { environment, session, wayIn } = useClient();
  const { shell, framed, mobile } = environment;
  const t = strings.value;
  return (
    <section class="card" aria-labelledby="elsewhere">
      <h2 id="elsewhere">{t.shell.heading}</h2>
      {shell && <p>{t.shell[shell]}</p>}
      {wayIn === 'elsewhere' && <p>{t.shell.elsewhere}</p>}
      {wayIn === 'listen' && <p>{t.shell.listenHere}</p>}
      <div class="row wrap">
        {shell !== null && shell !== 'teams'
          ? <p class="pointer"><Icon name="more" />{mobile ? t.shell.openMenu : t.shell.openMenuDesktop}</p>
          : (framed || shell === 'teams') && (
            <a class="button" href={window.location.href} target="_blank" rel="noopener noreferrer">
              <Icon name="outside" />
              {t.shell.openTab}
            </a>
          )}
        <Copy label={t.shell.copyLink} text={() => window.location.href} />
      </div>
      <h3>{t.phone.heading}</h3>
      <PhoneCard phone={session.value.phone} />
    </section>
  );
}
