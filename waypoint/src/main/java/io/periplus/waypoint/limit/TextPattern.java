package io.periplus.waypoint.limit;

/** A text as users of policies write it: exact, {@code prefix*}, {@code *suffix}, or {@code *} for any. */
record TextPattern(Kind kind, String text) {
    enum Kind {
        EXACT,
        PREFIX,
        SUFFIX,
        ANY
    }

    static TextPattern of(String written) {
        if (written.equals("*")) {
            return new TextPattern(Kind.ANY, "");
        }
        if (written.endsWith("*")) {
            return new TextPattern(Kind.PREFIX, written.substring(0, written.length() - 1));
        }
        return written.startsWith("*")
                ? new TextPattern(Kind.SUFFIX, written.substring(1))
                : new TextPattern(Kind.EXACT, written);
    }

    boolean matches(CharSequence value) {
        int offset = value.length() - text.length();
        return switch (kind) {
            case ANY -> true;
            case EXACT -> offset == 0 && isAt(value, 0);
            case PREFIX -> offset >= 0 && isAt(value, 0);
            case SUFFIX -> offset >= 0 && isAt(value, offset);
        };
    }

    private boolean isAt(CharSequence value, int offset) {
        for (int i = 0; i < text.length(); i++) {
            if (value.charAt(offset + i) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
