package dev.pogo.benchmarks.report;

import dev.pogo.benchmarks.contenders.Contender;

import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.svg.SVGGraphics2D;

import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Rectangle2D;
import java.text.NumberFormat;
import java.util.List;
import java.util.Locale;

/** One picture of what a request of 100 trivial tasks costs, beside bare threads. */
final class Chart {
    private static final String TASKS = "100";
    private static final int WIDTH = 900;
    private static final int HEIGHT = 470;
    private static final Color[] COLOURS = {new Color(0x1f6feb), new Color(0xbf8700)};

    private Chart() {}

    /** As SVG; dark on white, whatever the page around it. */
    static String of(Results results) {
        SVGGraphics2D svg = new SVGGraphics2D(WIDTH, 2.0 * HEIGHT);
        chart("Time of a request of 100 tasks ÷ that of bare threads", results, Figure.TIME)
                .draw(svg, new Rectangle2D.Double(0, 0, WIDTH, HEIGHT));
        chart("Bytes of a request of 100 tasks ÷ those of bare threads", results, Figure.BYTES)
                .draw(svg, new Rectangle2D.Double(0, HEIGHT, WIDTH, HEIGHT));
        return svg.getSVGDocument();
    }

    private static JFreeChart chart(String title, Results results, String metric) {
        DefaultCategoryDataset data = new DefaultCategoryDataset();
        for (Contender contender : Contender.values()) {
            add(data, results, "FanOut", "called by a platform thread", metric, contender);
            add(
                    data,
                    results,
                    "FanOutOnVirtualThread",
                    "called by a virtual thread",
                    metric,
                    contender);
        }
        JFreeChart chart =
                ChartFactory.createBarChart(
                        title, null, null, data, PlotOrientation.HORIZONTAL, true, false, false);
        chart.setBackgroundPaint(Color.WHITE);
        chart.getTitle().setFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
        CategoryPlot plot = chart.getCategoryPlot();
        plot.setBackgroundPaint(Color.WHITE);
        plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
        plot.setOutlineVisible(false);
        plot.getDomainAxis().setTickLabelFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        plot.getRangeAxis().setUpperMargin(0.1);
        BarRenderer renderer = (BarRenderer) plot.getRenderer();
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setItemMargin(0);
        NumberFormat twoDecimals = NumberFormat.getNumberInstance(Locale.ROOT);
        twoDecimals.setMinimumFractionDigits(2);
        twoDecimals.setMaximumFractionDigits(2);
        renderer.setDefaultItemLabelGenerator(
                new StandardCategoryItemLabelGenerator("{2}", twoDecimals));
        renderer.setDefaultItemLabelFont(new Font(Font.SANS_SERIF, Font.PLAIN, 10));
        renderer.setDefaultItemLabelsVisible(true);
        for (int i = 0; i < COLOURS.length; i++) {
            renderer.setSeriesPaint(i, COLOURS[i]);
        }
        return chart;
    }

    private static void add(
            DefaultCategoryDataset data,
            Results results,
            String benchmark,
            String series,
            String metric,
            Contender contender) {
        double ratio =
                results.ratioToCheapest(
                        Page.fanOut(benchmark, metric, contender, TASKS),
                        List.of(
                                Page.fanOut(benchmark, metric, Contender.PARK, TASKS),
                                Page.fanOut(benchmark, metric, Contender.YIELD_PARK, TASKS)));
        if (!Double.isNaN(ratio)) {
            data.addValue(ratio, series, contender.label());
        }
    }
}
