// Which code is meant when the camera sees several.
const middleOf = ({ x, y, width, height }) => [x + width / 2, y + height / 2];

// Of several codes the one in the middle is meant, if it clearly is nearer than the next.
export function meant(codes, width, height) {
  if (codes.length < 2) return codes[0] ?? null;
  const far = (code) => {
    const [x, y] = middleOf(code.boundingBox);
    return Math.hypot(x - width / 2, y - height / 2);
  };
  const [first, second] = [...codes].sort((one, other) => far(one) - far(other));
  if (first.rawValue === second.rawValue) return first;
  return far(second) - far(first) > Math.min(width, height) / 8 ? first : null;
}
