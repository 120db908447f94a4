// Each verdict has a sound and a vibration of its own, for who looks at the guest and not at the
// screen. Good ones rise, warnings stay, refusals fall and are low.

// Tones: [frequency in hertz, length in milliseconds]. Vibration: milliseconds on, off, on, …
export const SIGNALS = {
  admitted: { tones: [[784, 80], [1175, 140]], vibration: [60] },
  test: { tones: [[784, 60], [988, 60], [1175, 60], [1568, 120]], vibration: [60, 60, 60, 60, 60] },
  gone_out: { tones: [[1175, 80], [784, 140]], vibration: [60, 60, 60] },
  already_in: { tones: [[587, 110], [0, 50], [587, 110]], vibration: [120, 80, 120] },
  unsure: { tones: [[523, 70], [0, 40], [523, 70], [0, 40], [523, 70]], vibration: [60, 40, 60, 40, 60] },
  waiting: { tones: [[494, 150], [440, 200]], vibration: [200, 80, 80] },
  too_early: { tones: [[440, 150], [494, 200]], vibration: [80, 80, 200] },
  too_late: { tones: [[392, 150], [330, 250]], vibration: [200, 80, 200] },
  full: { tones: [[330, 120], [0, 40], [330, 240]], vibration: [300, 80, 80] },
  undone: { tones: [[659, 70], [523, 70], [659, 70]], vibration: [40, 40, 120] },
  other_event: { tones: [[294, 160], [0, 50], [247, 240]], vibration: [250, 100, 250] },
  cancelled: { tones: [[262, 180], [196, 320]], vibration: [400, 100, 100] },
  withdrawn: { tones: [[247, 120], [220, 120], [185, 320]], vibration: [400, 100, 400] },
  unknown: { tones: [[196, 450]], vibration: [500] },
};

export const LONGEST_SIGNAL_MS = 1000;

export function lengthOf(signal) {
  return signal.tones.reduce((sum, [, length]) => sum + length, 0);
}
