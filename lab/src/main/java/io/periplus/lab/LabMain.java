package io.periplus.lab;

import io.periplus.lab.command.LabCommand;
import io.periplus.lab.lifecycle.LabOptions;
import java.util.HashMap;

/** {@code periplus lab …}: the commands around a lab on this machine. */
public final class LabMain {
    private LabMain() {}

    /** Runs one command; returns its exit code, as {@link io.periplus.lab.lifecycle.ExitCode} lists them. */
    public static int run(String[] args) {
        return run(args, Installation.NONE);
    }

    /** As {@link #run(String[])}, with something to install in a lab that comes up. */
    public static int run(String[] args, Installation installation) {
        var environment = new HashMap<>(System.getenv());
        String home = System.getProperty("periplus.home");
        if (home != null) {
            environment.putIfAbsent(LabOptions.BIN_VARIABLE, home + "/bin");
        }
        return LabCommand.run(args, environment, installation);
    }

    public static void main(String[] args) {
        System.exit(run(args));
    }
}
