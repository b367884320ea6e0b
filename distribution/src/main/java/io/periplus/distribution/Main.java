package io.periplus.distribution;

import io.periplus.cli.CliMain;

/** Starts the role that the first argument names; anything else is a command line of the CLI. */
public final class Main {
    private Main() {}

    /** The process's entry point. */
    public static void main(String[] args) throws Exception {
        System.exit(CliMain.run("periplus", args));
    }
}
