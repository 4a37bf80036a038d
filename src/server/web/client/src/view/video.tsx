import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  stream: MediaStream;
  label: string;
  mirrored?: boolean;
  class?: string;
  /** The first picture came, or one of another size. */
  lit?(element: HTMLVideoElement): void;
}

/** A picture without sound, which browsers play unasked. */
export function Video({ stream, label, mirrored = false, class: extra = '', lit }: Props): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return undefined;
    element.srcObject = stream;
    void element.play().catch(() => undefined);
    return () => { element.srcObject = null; };
  }, [stream]);
  return (
    <video
      ref={video} class={`video ${mirrored ? 'mirrored ' : ''}${extra}`} aria-label={label} autoPlay playsInline muted
      onResize={(event) => lit?.(event.currentTarget)} onLoadedData={(event) => lit?.(event.currentTarget)}
    />
  );
}
