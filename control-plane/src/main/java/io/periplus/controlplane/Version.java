package io.periplus.controlplane;

/** What is running. */
public final class Version {
    /** Version as {@code /version} and metrics tell it. */
    public static final String TEXT = version();

    private Version() {}

    private static String version() {
        String implementation = Version.class.getPackage().getImplementationVersion();
        return implementation == null ? "0.1.0-SNAPSHOT" : implementation;
    }
}
