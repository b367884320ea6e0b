package io.periplus.cli.analyze.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Locale;

/** Which known field somebody may have meant. */
final class Nearest {
    /** As many edits away a name is still thought a slip. */
    private static final int EDITS_MAX = 2;

    private Nearest() {}

    /** {@code  (did you mean "x"?)}, or empty. */
    static String hint(String name, JsonNode fields) {
        String best = "";
        int least = EDITS_MAX + 1;
        for (Iterator<String> names = fields.fieldNames(); names.hasNext(); ) {
            String known = names.next();
            int edits = edits(name.toLowerCase(Locale.ROOT), known.toLowerCase(Locale.ROOT));
            if (edits < least) {
                least = edits;
                best = known;
            }
        }
        return best.isEmpty() ? "" : " (did you mean \"" + best + "\"?)";
    }

    /** The Levenshtein distance. */
    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
