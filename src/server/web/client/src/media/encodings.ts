// In which sizes the camera is sent. Three at once where the bridge takes them: it passes on the one
// that is shown. One otherwise.

type Encoding = RTCRtpEncodingParameters;

interface Layer {
  rid: string;
  /** Of 720 lines: 180, 360 and all. */
  shrink: number;
  bitrate: number;
}

const LAYERS: readonly [Layer, ...Layer[]] = [
  { rid: 'l', shrink: 4, bitrate: 120_000 },
  { rid: 'm', shrink: 2, bitrate: 400_000 },
  { rid: 'h', shrink: 1, bitrate: 1_200_000 },
];
const WHOLE = LAYERS[LAYERS.length - 1] as Layer;

const FRAME_RATE = 30;
/** Of a camera that nobody sees: enough to tell the bridge that it is still there. */
const UNSEEN = { shrink: 4, bitrate: 60_000, frameRate: 5 };

/** What the first offer asks for. From small to large, as encoders give up the large ones first. */
export function offered(): Encoding[] {
  return LAYERS.map(({ rid, shrink, bitrate }) => ({ rid, scaleResolutionDownBy: shrink, maxBitrate: bitrate }));
}

/** What was agreed, set to what is of use now. The same array where nothing is to change. */
export function fitted(agreed: readonly Encoding[], seen: boolean): readonly Encoding[] {
  const alone = agreed.length === 1;
  const fit = agreed.map((encoding, at): Encoding => {
    const layer = alone ? WHOLE : LAYERS.find(({ rid }) => rid === encoding.rid) ?? WHOLE;
    if (!seen) {
      return {
        ...encoding, active: at === 0, scaleResolutionDownBy: UNSEEN.shrink, maxBitrate: UNSEEN.bitrate, maxFramerate: UNSEEN.frameRate,
      };
    }
    return { ...encoding, active: true, scaleResolutionDownBy: layer.shrink, maxBitrate: layer.bitrate, maxFramerate: FRAME_RATE };
  });
  return fit.every((one, at) => same(one, agreed[at])) ? agreed : fit;
}

function same(one: Encoding, other: Encoding | undefined): boolean {
  return other !== undefined && one.active === other.active && one.scaleResolutionDownBy === other.scaleResolutionDownBy
    && one.maxBitrate === other.maxBitrate && one.maxFramerate === other.maxFramerate;
}
