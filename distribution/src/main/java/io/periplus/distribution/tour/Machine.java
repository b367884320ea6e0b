package io.periplus.distribution.tour;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the machine has to have. */
final class Machine {
    /** Programs that the lab and the mesh use, with the Debian packages that have them. */
    private static final Map<String, String> PACKAGES = packages();

    private Machine() {}

    private static Map<String, String> packages() {
        Map<String, String> packages = new LinkedHashMap<>();
        packages.put("nft", "nftables");
        packages.put("iptables", "iptables");
        packages.put("ip", "iproute2");
        packages.put("curl", "curl");
        packages.put("ipset", "ipset");
        packages.put("nsenter", "util-linux");
        packages.put("ps", "procps");
        return packages;
    }

    /** Installs what is missing, or says what to install; false if the tour cannot start. */
    static boolean prepare(Screen screen, Shell shell) throws IOException, InterruptedException {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root) {
            screen.error("Error: the lab makes network namespaces, which needs root: run `sudo ./periplus tour`.");
            return false;
        }
        if (!isOnPath("kubectl")) {
            screen.error(
                    "Error: kubectl was not found. Install it (https://kubernetes.io/docs/tasks/tools, or on Debian and"
                            + " Ubuntu `apt-get install kubernetes-client`) and start again.");
            return false;
        }
        List<String> missing = new ArrayList<>();
        PACKAGES.forEach((program, name) -> {
            if (!isOnPath(program)) {
                missing.add(name);
            }
        });
        if (missing.isEmpty()) {
            return true;
        }
        String names = String.join(" ", missing);
        if (!isOnPath("apt-get")) {
            screen.error("Error: these are missing on this machine, please install them: " + names);
            return false;
        }
        String line =
                "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "
                        + names;
        screen.command(line);
        if (shell.show(line) != 0) {
            screen.error("Error: the packages could not be installed; see above.");
            return false;
        }
        return true;
    }

    private static boolean isOnPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
        for (String directory : path.split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }
}
