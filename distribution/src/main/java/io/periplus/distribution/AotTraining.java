package io.periplus.distribution;

import io.periplus.waypoint.GatewayMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A training run for the proxies' AOT cache: loads the classes that they were seen to use in a cluster, from a list, so that no
 * cluster is needed at build time. A class of the list that is gone only means less to gain. Where {@code LOCAL_XDS_PATH} is set,
 * a gateway then runs until it is told to end.
 */
public final class AotTraining {
    private AotTraining() {}

    /** @param args the file with the class names, one a line */
    public static void main(String[] args) throws IOException {
        ClassLoader loader = AotTraining.class.getClassLoader();
        int loaded = 0;
        for (String name : Files.readAllLines(Path.of(args[0]))) {
            try {
                Class.forName(name, false, loader);
                loaded++;
            } catch (ClassNotFoundException | LinkageError _) {
                // renamed, or of a library that has changed
            }
        }
        System.out.println("loaded " + loaded + " classes");
        if (System.getenv("LOCAL_XDS_PATH") != null) {
            GatewayMain.main(new String[0]);
        }
    }
}
