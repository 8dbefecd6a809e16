// Before the first paint: the reader's own text size, kept in this browser only.
try {
  const step = Number(localStorage.getItem("text-step"));
  if (step) document.documentElement.dataset.textStep = String(step);
} catch (error) {
  // Storage may be closed to us; the text then keeps its usual size.
}
