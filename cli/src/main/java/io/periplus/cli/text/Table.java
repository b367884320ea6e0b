package io.periplus.cli.text;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of left-aligned, space-filled columns: every cell but a row's last is as wide as its column's widest plus
 * the padding. Widths count code points.
 */
public final class Table {
    private final int padding;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param padding spaces between columns, at least */
    public Table(int padding) {
        this.padding = padding;
    }

    /** Appends a row; rows may have different lengths. */
    public Table row(List<String> cells) {
        rows.add(List.copyOf(cells));
        return this;
    }

    /** Appends a row. */
    public Table row(String... cells) {
        return row(List.of(cells));
    }

    /** The rows as lines, each ending with a line feed. */
    @Override
    public String toString() {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size() - 1; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        StringBuilder out = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                out.append(row.get(i));
                if (i < row.size() - 1) {
                    out.repeat(' ', widths[i] + padding - width(row.get(i)));
                }
            }
            out.append('\n');
        }
        return out.toString();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
