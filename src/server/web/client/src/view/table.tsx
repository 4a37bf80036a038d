import type { JSX } from 'preact';
import { strings } from '../i18n';
import { ABILITIES, KINDS, type Can } from '../session/capability';
import { Dialog } from './dialog';
import { Icon, type IconName } from './icon';

const ICONS: Record<Can, IconName> = { yes: 'check', no: 'close', keys: 'phone', later: 'dash', depends: 'warn' };

export function AbilityTable({ close }: { close(): void }): JSX.Element {
  const t = strings.value;
  const used = (['yes', 'keys', 'depends', 'later', 'no'] as const);
  return (
    <Dialog heading={t.table.heading} close={close}>
      <p class="hint">{t.table.hint}</p>
      <div class="scroll" tabIndex={0} role="region" aria-label={t.table.heading}>
        <table class="abilities">
          <thead>
            <tr>
              <th scope="col">{t.table.ability}</th>
              {KINDS.map((kind) => <th key={kind} scope="col"><Icon name={kind} />{t.kind[kind]}</th>)}
            </tr>
          </thead>
          <tbody>
            {ABILITIES.map(([ability, can]) => (
              <tr key={ability}>
                <th scope="row">{t.table[ability]}</th>
                {KINDS.map((kind) => (
                  <td key={kind} class={can[kind]}>
                    <Icon name={ICONS[can[kind]]} />
                    <span class="unseen">{t.table[can[kind]]}</span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul class="key">
        {used.map((can) => <li key={can} class={can}><Icon name={ICONS[can]} />{t.table[can]}</li>)}
      </ul>
    </Dialog>
  );
}
