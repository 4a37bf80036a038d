// Whether the person had the camera on, and which: kept in this browser for the next meeting.

export interface CameraChoice {
  on: boolean;
  /** Empty: as the system says. */
  device: string;
}

const KEY = 'causeway.camera';

type Store = Pick<Storage, 'getItem' | 'setItem'>;

export function keepChoice(store: Store, choice: CameraChoice): void {
  try {
    store.setItem(KEY, JSON.stringify(choice));
  } catch {
    // Storage is blocked in a frame of another site: then it is asked anew.
  }
}

/** Nothing where nothing was chosen yet. */
export function keptChoice(store: Store): CameraChoice | null {
  try {
    const value: unknown = JSON.parse(store.getItem(KEY) ?? 'null');
    if (typeof value !== 'object' || value === null) return null;
    const { on, device } = value as Partial<CameraChoice>;
    return typeof on === 'boolean' && typeof device === 'string' ? { on, device } : null;
  } catch {
    return null;
  }
}

/** `localStorage`, or nothing where the browser forbids even to look at it. */
export function browserStore(): Store {
  try {
    return window.localStorage;
  } catch {
    return { getItem: () => null, setItem: () => undefined };
  }
}
