// Where this page stands: `<prefix>/j/<meeting>#<token>`.

export interface Place {
  /** Where the API is: the origin and the prefix, without a slash at the end. */
  base: string;
  meeting: string;
  /** Empty where the link was cut off. */
  token: string;
}

export function placeOf(location: { origin: string; pathname: string; hash: string }): Place {
  const path = /^(.*)\/j\/([^/]*)\/?$/.exec(location.pathname);
  return {
    base: location.origin + (path?.[1] ?? ''),
    meeting: decoded(path?.[2] ?? ''),
    token: decoded(location.hash.replace(/^#/, '')),
  };
}

export function api(place: Place, path: string): string {
  return `${place.base}/api/v1/${path}`;
}

export function signalAddress(place: Place): string {
  return api(place, 'signal').replace(/^http/, 'ws');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
