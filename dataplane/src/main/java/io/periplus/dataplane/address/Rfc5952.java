package io.periplus.dataplane.address;

/** The one canonical text of an IPv6 address (RFC 5952, section 4). */
final class Rfc5952 {
    private static final int GROUPS = 8;

    private Rfc5952() {}

    static String format(long high, long low) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            long half = i < 4 ? high : low;
            groups[i] = (int) (half >>> (48 - 16 * (i % 4))) & 0xffff;
        }
        int zeros = longestZeroRun(groups);
        int zerosEnd = zeros < 0 ? -1 : endOfRun(groups, zeros);
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < GROUPS; i++) {
            if (i == zeros) {
                text.append("::");
                i = zerosEnd - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }

    /** Start of the first longest run of at least two zero groups, or -1. */
    private static int longestZeroRun(int[] groups) {
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int length = groups[i] == 0 ? endOfRun(groups, i) - i : 0;
            if (length > bestLength) {
                best = i;
                bestLength = length;
            }
            i += length;
        }
        return best;
    }

    private static int endOfRun(int[] groups, int start) {
        int end = start;
        while (end < GROUPS && groups[end] == 0) {
            end++;
        }
        return end;
    }
}
