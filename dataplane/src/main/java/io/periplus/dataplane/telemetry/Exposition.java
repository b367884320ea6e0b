package io.periplus.dataplane.telemetry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Writes families as OpenMetrics text 1.0. Families without samples are left out. */
final class Exposition {
    private final Appendable to;

    Exposition(Appendable to) {
        this.to = to;
    }

    void family(Family<?> family) throws IOException {
        if (family.isEmpty()) {
            return;
        }
        head(family.name, family.help, family.type.name().toLowerCase(java.util.Locale.ROOT));
        try {
            family.forEach((values, metric) -> sample(family, values, metric));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    void computed(MetricsRegistry.Computed gauge) throws IOException {
        head(gauge.name(), gauge.help(), "gauge");
        line(gauge.name(), List.of(), List.of(), "", number(gauge.value().getAsDouble()));
    }

    void end() throws IOException {
        to.append("# EOF\n");
    }

    private void head(String name, String help, String type) throws IOException {
        to.append("# HELP ").append(name).append(' ').append(help).append(".\n");
        to.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void sample(Family<?> family, List<String> values, Object metric) {
        try {
            switch (metric) {
                case Counter counter ->
                    line(family.name + "_total", family.labels, values, "", Long.toString(counter.value()));
                case Gauge gauge -> line(family.name, family.labels, values, "", Long.toString(gauge.value()));
                case Histogram histogram -> histogram(family, values, histogram);
                default -> throw new IllegalStateException("a metric of an unknown kind: " + metric.getClass());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void histogram(Family<?> family, List<String> values, Histogram histogram) throws IOException {
        double[] bounds = histogram.bounds();
        long cumulative = 0;
        for (int i = 0; i <= bounds.length; i++) {
            cumulative += histogram.count(i);
            String bound = i == bounds.length ? "+Inf" : number(bounds[i]);
            line(family.name + "_bucket", family.labels, values, bound, Long.toString(cumulative));
        }
        line(family.name + "_sum", family.labels, values, "", number(histogram.sum()));
        line(family.name + "_count", family.labels, values, "", Long.toString(cumulative));
    }

    private void line(String name, List<String> labels, List<String> values, String bound, String value)
            throws IOException {
        to.append(name);
        char separator = '{';
        for (int i = 0; i < labels.size(); i++) {
            if (!values.get(i).isEmpty()) {
                to.append(separator).append(labels.get(i)).append("=\"");
                escaped(values.get(i));
                to.append('"');
                separator = ',';
            }
        }
        if (!bound.isEmpty()) {
            to.append(separator).append("le=\"").append(bound).append('"');
            separator = ',';
        }
        if (separator == ',') {
            to.append('}');
        }
        to.append(' ').append(value).append('\n');
    }

    private void escaped(String value) throws IOException {
        if (value.indexOf('\\') < 0 && value.indexOf('"') < 0 && value.indexOf('\n') < 0) {
            to.append(value);
            return;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> to.append("\\\\");
                case '"' -> to.append("\\\"");
                case '\n' -> to.append("\\n");
                default -> to.append(c);
            }
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
