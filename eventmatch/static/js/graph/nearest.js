// From one person in the picture to the next by an arrow key.
const AHEAD = {
  ArrowRight: (dx, dy) => [dx, dy],
  ArrowLeft: (dx, dy) => [-dx, dy],
  ArrowDown: (dx, dy) => [dy, dx],
  ArrowUp: (dx, dy) => [-dy, dx],
};

export const isArrow = (key) => key in AHEAD;

// The place of the nearest spot in this direction, or null. What lies aside counts twice as far,
// and what lies more aside than ahead does not count.
export const nearest = (spots, from, key) => {
  let best = null;
  let least = Infinity;
  spots.forEach((spot, place) => {
    const [ahead, aside] = AHEAD[key](spot.x - spots[from].x, spot.y - spots[from].y);
    if (place === from || ahead <= 0 || Math.abs(aside) > ahead) return;
    const distance = Math.hypot(ahead, 2 * aside);
    if (distance < least) [best, least] = [place, distance];
  });
  return best;
};

// Whom each number is tied to, from pairs such as "0-5 0-7".
export const neighbours = (text) => {
  const found = new Map();
  for (const pair of text.split(" ").filter(Boolean)) {
    const [one, other] = pair.split("-").map(Number);
    for (const [from, to] of [[one, other], [other, one]]) {
      if (!found.has(from)) found.set(from, []);
      found.get(from).push(to);
    }
  }
  return found;
};
