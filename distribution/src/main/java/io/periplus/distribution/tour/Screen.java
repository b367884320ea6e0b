package io.periplus.distribution.tour;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** How the tour looks: colours on a terminal only. */
final class Screen {
    private static final String BOLD = "1";
    private static final String GREEN = "32";
    private static final String RED = "31";
    private static final String DIM = "2";

    private final PrintStream out;
    private final boolean colours;

    Screen(PrintStream out, boolean colours) {
        this.out = out;
        this.colours = colours;
    }

    void heading(String text) {
        out.println();
        out.println(paint(BOLD, text));
    }

    void text(String text) {
        out.println(text);
    }

    void command(String line) {
        out.println();
        out.println(paint(BOLD, "  $ " + line));
        out.flush();
    }

    void output(String text) {
        text.stripTrailing().lines().forEach(line -> out.println("    " + line));
    }

    void verdict(boolean good, String expected, Duration took) {
        String time = String.format(Locale.ROOT, "%.2f s", took.toMillis() / 1000.0);
        String mark = good ? paint(GREEN, "✓") : paint(RED, "✗");
        out.println("  " + mark + paint(DIM, " expected: " + expected + "  (" + time + ")"));
        out.flush();
    }

    void error(String text) {
        out.println(paint(RED, text));
    }

    private String paint(String code, String text) {
        return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
