// Upgrades a chart to an interactive one when somebody points at it, touches it
// or tabs to it. The SVG of the server stays in the page: it is what prints, and
// what remains where this script does not run.

const charts = document.querySelectorAll("[data-chart]");
let library;

// echarts is loaded once, and only where somebody wants it: it weighs a megabyte.
function loadLibrary(address) {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.echarts);
    script.onerror = () => reject(new Error(`cannot load ${address}`));
    document.head.append(script);
  });
  return library;
}

async function upgrade(figure) {
  const image = [...figure.querySelectorAll(".image")].find((one) => one.offsetParent !== null);
  if (!image || image.classList.contains("is-live")) return;
  // Colours are the page's: a canvas knows no custom properties.
  const colours = getComputedStyle(figure);
  const paint = (_, value) => (typeof value === "string" && value.startsWith("--chart-") ? colours.getPropertyValue(value).trim() : value);
  const options = JSON.parse(image.querySelector('script[type="application/json"]').textContent, paint);
  const echarts = await loadLibrary(figure.dataset.library);
  if (image.classList.contains("is-live")) return;
  const live = document.createElement("div");
  live.className = "live";
  live.setAttribute("aria-hidden", "true");
  image.append(live);
  // The canvas renderer sets no style attributes, which the page's content
  // security policy forbids.
  const chart = echarts.init(live, null, { renderer: "canvas" });
  chart.setOption(options);
  image.classList.add("is-live");
  new ResizeObserver(() => chart.resize()).observe(live);
}

for (const figure of charts) {
  const start = () => upgrade(figure).catch((fault) => console.error(fault));
  figure.addEventListener("pointerenter", start, { once: true });
  figure.addEventListener("focusin", start, { once: true });
}
