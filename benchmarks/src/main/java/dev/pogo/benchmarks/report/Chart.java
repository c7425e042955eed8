package dev.pogo.benchmarks.report;

import dev.pogo.benchmarks.contenders.BusyContender;

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

/** One picture of what a request costs under load, beside the JDK's scope with a bound. */
final class Chart {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 620;
    private static final Color[] COLOURS = {new Color(0x1f6feb), new Color(0xbf8700)};
    private static final List<BusyRow> SERIES = List.of(BusyRow.FEW, BusyRow.SLEEP_1);
    private static final BusyContender BASE = BusyContender.STRUCTURED_SEMAPHORE;

    private Chart() {}

    /** As SVG; dark on white, whatever the page around it. */
    static String of(Results results) {
        SVGGraphics2D svg = new SVGGraphics2D(WIDTH, HEIGHT);
        chart("CPU time of a request under load ÷ that of " + BASE.label(), data(results))
                .draw(svg, new Rectangle2D.Double(0, 0, WIDTH, HEIGHT));
        return svg.getSVGDocument();
    }

    /** Of those that were measured under each load. */
    static DefaultCategoryDataset data(Results results) {
        DefaultCategoryDataset data = new DefaultCategoryDataset();
        for (BusyContender contender : BusyContender.values()) {
            if (SERIES.stream().noneMatch(row -> Double.isNaN(ratio(results, row, contender)))) {
                for (BusyRow row : SERIES) {
                    data.addValue(ratio(results, row, contender), legend(row), contender.label());
                }
            }
        }
        return data;
    }

    static String legend(BusyRow row) {
        return "%,d %s callers, requests of %d tasks "
                        .formatted(
                                row.callers(), row.virtual() ? "virtual" : "platform", row.tasks())
                + (row.sleepMillis() == 0
                        ? "that do nothing"
                        : "that sleep " + row.sleepMillis() + " ms");
    }

    private static double ratio(Results results, BusyRow row, BusyContender contender) {
        return results.ratio(row.figure(Figure.TIME, contender), row.figure(Figure.TIME, BASE));
    }

    private static JFreeChart chart(String title, DefaultCategoryDataset data) {
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
}
