import { effect } from '@preact/signals';
import { render } from 'preact';
import { Client } from './client';
import { greetTeams } from './environment/teams';
import { lang, langOf } from './i18n';
import { placeOf } from './place';
import './style/base.css';
import './style/parts.css';
import './style/meeting.css';
import './style/video.css';
import { App } from './view/app';

lang.value = langOf(navigator.languages ?? [navigator.language]);
effect(() => { document.documentElement.lang = lang.value; });

const client = new Client(placeOf(window.location));
if (client.environment.shell === 'teams') greetTeams();
// A page out of the browser's memory has a dead connection.
window.addEventListener('pageshow', (event) => { if (event.persisted) window.location.reload(); });
window.addEventListener('hashchange', () => window.location.reload());

const root = document.getElementById('app');
if (root) render(<App client={client} />, root);
void client.begin();
