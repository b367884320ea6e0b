package io.periplus.distribution.tour;

import java.util.List;

/** What a command should return. */
sealed interface Expectation {
    /** Whether that is what came. */
    boolean isMetBy(Shell.Result result);

    /** In words, for the reader. */
    String words();

    /** Success, whatever is printed. */
    record Succeeds() implements Expectation {
        @Override
        public boolean isMetBy(Shell.Result result) {
            return result.code() == 0;
        }

        @Override
        public String words() {
            return "exit code 0";
        }
    }

    /** Success, and exactly this text but for white space at its ends. */
    record Prints(String text) implements Expectation {
        @Override
        public boolean isMetBy(Shell.Result result) {
            return result.code() == 0 && result.output().strip().equals(text);
        }

        @Override
        public String words() {
            return String.join(" / ", text.lines().toList());
        }
    }

    /** Success, and a table whose only row below the header has cells that match these patterns, in this order. */
    record OneRow(List<String> cells) implements Expectation {
        static OneRow of(String... cells) {
            return new OneRow(List.of(cells));
        }

        @Override
        public boolean isMetBy(Shell.Result result) {
            List<String> lines = result.output().strip().lines().toList();
            if (result.code() != 0 || lines.size() != 2) {
                return false;
            }
            List<String> row = List.of(lines.get(1).strip().split("\\s+"));
            int at = 0;
            for (String cell : row) {
                if (at < cells.size() && cell.matches(cells.get(at))) {
                    at++;
                }
            }
            return at == cells.size();
        }

        @Override
        public String words() {
            return "one row with "
                    + String.join(", ", cells.stream().map(OneRow::plain).toList());
        }

        private static String plain(String pattern) {
            return pattern.startsWith("[") ? "an address" : pattern.replace(".*", "…");
        }
    }
}
