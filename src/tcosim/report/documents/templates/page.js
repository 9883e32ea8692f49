"use strict";
// Shows text that stands in the page already: a mark's tip at the pointer, and the reading of a volume.
(() => {
  const tip = document.getElementById("tip");
  const show = (event) => {
    const mark = event.target instanceof Element ? event.target.closest("[data-tip]") : null;
    tip.hidden = mark === null;
    if (mark === null) return;
    tip.textContent = mark.getAttribute("data-tip");
    const { width, height } = tip.getBoundingClientRect();
    const left = Math.min(Math.max(4, event.clientX - width / 2), document.documentElement.clientWidth - width - 4);
    const above = event.clientY - height - 14;
    tip.style.transform = `translate(${left}px, ${above >= 4 ? above : event.clientY + 18}px)`;
  };
  const hide = () => { tip.hidden = true; };
  document.addEventListener("pointermove", show);
  document.addEventListener("pointerdown", show);
  document.addEventListener("scroll", hide, { passive: true });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of opened) one.open = false; });

  const data = document.getElementById("readings");
  if (data === null) return;
  const { planned, readings } = JSON.parse(data.textContent);
  const slider = document.getElementById("volume");
  const chart = document.querySelector("#by-volume .chart");
  const back = document.getElementById("back");
  const texts = ["option", "chance", "words", "saving", "cheapest"].map((id) => [id, document.getElementById(id)]);
  const [x, y, width, height] = chart.dataset.plot.split(" ").map(Number);
  const marker = document.createElementNS("http://www.w3.org/2000/svg", "line");
  marker.setAttribute("class", "marker");
  marker.setAttribute("y1", y);
  marker.setAttribute("y2", y + height);
  marker.setAttribute("pointer-events", "none");
  chart.append(marker);
  const read = () => {
    const index = Number(slider.value), reading = readings[index];
    for (const [id, element] of texts) element.textContent = reading[id];
    document.getElementById("at").textContent = reading.volume;
    document.getElementById("between").textContent = `(${reading.between})`;
    document.getElementById("planned").textContent =
      index === planned ? ", the planned volume" : "; all else on this page is at the planned volume";
    slider.setAttribute("aria-valuetext", `${reading.volume} tokens a month: ${reading.chance}, ${reading.words}`);
    back.hidden = index === planned;
    const at = x + reading.place * width;
    marker.setAttribute("x1", at);
    marker.setAttribute("x2", at);
  };
  slider.disabled = false;
  slider.addEventListener("input", read);
  back.addEventListener("click", () => { slider.value = planned; read(); slider.focus(); });
  let moved = planned;
  addEventListener("beforeprint", () => { moved = slider.value; slider.value = planned; read(); });
  addEventListener("afterprint", () => { slider.value = moved; read(); });
  addEventListener("pageshow", read); // a browser may have kept the slider where it was
  read();
})();
