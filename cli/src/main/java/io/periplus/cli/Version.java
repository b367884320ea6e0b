package io.periplus.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this build. */
public final class Version {
    private Version() {}

    /** For example {@code 0.1.0-SNAPSHOT}. */
    public static String current() {
        try (var in = Version.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException("version.properties is missing from the build", e);
        }
    }
}
