import { textAsShapes } from './pixel-font.js';

/** One curve of a chart. */
export interface SpectrumCurve {
  name: string;
  values: readonly number[];
}

/** The spectra at one place. */
export interface SpectraAtPoint {
  title: string;
  curves: readonly SpectrumCurve[];
}

const colours = ['#1b1b1b', '#d1495b', '#2e86ab', '#8a9a5b'];
const size = { width: 330, height: 240, columns: 3 };

function chartOption(points: readonly SpectraAtPoint[], wavelengths: readonly number[]) {
  const names = points[0]?.curves.map((curve) => curve.name) ?? [];
  const place = (index: number) => ({
    left: (index % size.columns) * size.width + 52,
    top: Math.floor(index / size.columns) * size.height + 58,
    width: size.width - 78,
    height: size.height - 96,
  });
  const top = Math.max(0.1, ...points.flatMap((point) => point.curves.flatMap((curve) => [...curve.values])));
  return {
    animation: false,
    backgroundColor: '#fff',
    legend: { top: 6, data: names, itemWidth: 34, itemGap: 24, itemStyle: { opacity: 0 } },
    title: points.map((point, index) => ({
      text: point.title,
      left: place(index).left,
      top: place(index).top - 24,
      textStyle: { fontSize: 12, fontWeight: 'normal' as const },
    })),
    grid: points.map((_, index) => place(index)),
    xAxis: points.map((_, gridIndex) => ({
      gridIndex,
      type: 'value' as const,
      min: wavelengths[0] ?? 400,
      max: wavelengths.at(-1) ?? 700,
      splitLine: { show: false },
      name: 'nm',
      nameGap: 6,
    })),
    yAxis: points.map((_, gridIndex) => ({
      gridIndex,
      type: 'value' as const,
      min: 0,
      max: Math.ceil(top * 5) / 5,
    })),
    series: points.flatMap((point, index) =>
      point.curves.map((curve, order) => ({
        name: curve.name,
        type: 'line' as const,
        xAxisIndex: index,
        yAxisIndex: index,
        symbol: 'none',
        color: colours[order % colours.length] ?? '#000',
        lineStyle: {
          width: order === 0 ? 2.5 : 2,
          type: order === 0 ? ('solid' as const) : ('dashed' as const),
        },
        data: curve.values.map((value, band) => [wavelengths[band] ?? band, value]),
      })),
    ),
  };
}

/** A chart of spectra, one small diagram a point, as SVG with its text as text. Every point has the same curves, the first
 * drawn solid. */
export async function spectraSvg(
  points: readonly SpectraAtPoint[],
  wavelengths: readonly number[],
): Promise<string> {
  const echarts = await import('echarts');
  const rows = Math.ceil(points.length / size.columns);
  const chart = echarts.init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: size.width * Math.min(points.length, size.columns),
    height: size.height * rows + 20,
  });
  try {
    chart.setOption(chartOption(points, wavelengths));
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** The same SVG as a PNG. Its text becomes shapes of our own first, so that no font needs to be installed. */
export async function chartPng(svg: string): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  return sharp(Buffer.from(textAsShapes(svg)), { density: 108 })
    .png()
    .toBuffer();
}
