package io.periplus.lab.store.types;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The order in which versions are preferred: v2, v1, v2beta1, v1beta2, v1alpha1, then others by name. */
public final class VersionOrder {
    private static final Pattern VERSION = Pattern.compile("v(\\d+)(?:(alpha|beta)(\\d+))?");

    private VersionOrder() {}

    /** Negative when {@code a} is preferred. */
    public static int compare(String a, String b) {
        Matcher left = VERSION.matcher(a);
        Matcher right = VERSION.matcher(b);
        boolean leftKnown = left.matches();
        boolean rightKnown = right.matches();
        if (!leftKnown || !rightKnown) {
            return leftKnown ? -1 : rightKnown ? 1 : a.compareTo(b);
        }
        int byStability = Integer.compare(stability(left), stability(right));
        if (byStability != 0) {
            return byStability;
        }
        int byMajor = Integer.compare(Integer.parseInt(right.group(1)), Integer.parseInt(left.group(1)));
        return byMajor != 0 || left.group(3) == null
                ? byMajor
                : Integer.compare(Integer.parseInt(right.group(3)), Integer.parseInt(left.group(3)));
    }

    private static int stability(Matcher version) {
        return version.group(2) == null ? 0 : version.group(2).equals("beta") ? 1 : 2;
    }
}
