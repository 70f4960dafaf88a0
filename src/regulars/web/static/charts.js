// Draws the charts whose options the page carries; axis and tooltip numbers follow the language.
(() => {
  const language = document.documentElement.lang;
  const compact = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 2 });
  const exact = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });

  const draw = (box) => {
    if (echarts.getInstanceByDom(box)) return;
    const option = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    const { unit, symbol } = box.dataset;
    const write = (format) => (value) =>
      value === null || value === undefined ? "—" : symbol + format.format(value) + (unit === "rate" ? "%" : "");
    option.yAxis.axisLabel.formatter = write(compact);
    option.tooltip.valueFormatter = write(exact);
    option.textStyle = { fontFamily: getComputedStyle(document.body).fontFamily };
    const chart = echarts.init(box, null, { renderer: "canvas" });
    chart.setOption(option);
    new ResizeObserver(() => chart.resize()).observe(box);
  };
  const drawAll = () => document.querySelectorAll("[data-chart]").forEach(draw);
  document.addEventListener("DOMContentLoaded", drawAll);
  document.addEventListener("htmx:after:swap", drawAll);
})();
