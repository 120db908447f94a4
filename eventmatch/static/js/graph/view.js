// What part of a picture is seen: `x` and `y` are its corner and `1 / zoom` its size, as parts of
// the whole picture. All plain values: the element of the page draws what comes out here.
export const WHOLE = Object.freeze({ x: 0, y: 0, zoom: 1 });
export const MOST = 12;

const within = (value, low, high) => Math.min(high, Math.max(low, value));

const kept = ({ x, y, zoom }) => {
  const rest = 1 - 1 / zoom;
  return { x: within(x, 0, rest), y: within(y, 0, rest), zoom };
};

// Zooms by a factor; what is seen at this point of the frame (0 to 1) stays there.
export const zoomed = (view, factor, at = { x: 0.5, y: 0.5 }) => {
  const zoom = within(view.zoom * factor, 1, MOST);
  return kept({
    x: view.x + at.x / view.zoom - at.x / zoom,
    y: view.y + at.y / view.zoom - at.y / zoom,
    zoom,
  });
};

// Moves the picture by parts of the frame, as a finger does.
export const moved = (view, dx, dy) =>
  kept({ x: view.x - dx / view.zoom, y: view.y - dy / view.zoom, zoom: view.zoom });

// Where in the frame (0 to 1) a point of the picture (0 to 1) is seen.
export const seenAt = (view, point) => ({
  x: (point.x - view.x) * view.zoom,
  y: (point.y - view.y) * view.zoom,
});

// Moves no farther than needed so that a point of the picture (0 to 1) is seen, off the edge.
export const showing = (view, point, edge = 0.12) => {
  const size = 1 / view.zoom;
  const margin = edge * size;
  const reached = (at, corner) => within(corner, at - size + margin, at - margin);
  return kept({ x: reached(point.x, view.x), y: reached(point.y, view.y), zoom: view.zoom });
};

// How far a picture is scrolled that fills the frame as often as it is near, in parts of the frame;
// and back, from there to the view.
export const scrolled = ({ x, y, zoom }) => ({ x: x * zoom, y: y * zoom });
export const viewAt = ({ x, y }, zoom) => kept({ x: x / zoom, y: y / zoom, zoom });

// How a picture that is drawn and scrolled for one view is moved and scaled to look like another,
// in parts of the frame.
export const between = (drawn, view) => ({
  x: scrolled(drawn).x - scrolled(view).x,
  y: scrolled(drawn).y - scrolled(view).y,
  scale: view.zoom / drawn.zoom,
});
