package io.periplus.lab.apiserver.discovery;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;

/** {@code /version}: the Kubernetes version whose API this server speaks. */
public final class VersionInfo {
    public static final String GIT_VERSION = "v1.32.4+periplus";

    private VersionInfo() {}

    public static ObjectNode get() {
        return Json.object()
                .put("major", "1")
                .put("minor", "32")
                .put("gitVersion", GIT_VERSION)
                .put("gitCommit", "")
                .put("gitTreeState", "clean")
                .put("buildDate", "2026-01-01T00:00:00Z")
                .put("goVersion", "")
                .put("compiler", "javac")
                .put("platform", "linux/amd64");
    }
}
