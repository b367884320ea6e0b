package io.periplus.cli.install;

import io.periplus.cli.Console;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Asks whoever sits at a terminal whether to go on. */
final class Confirmation {
    @Option(
            names = {"-y", "--skip-confirmation"},
            arity = "0..1",
            defaultValue = "false",
            fallbackValue = "true",
            description = "do not ask")
    private boolean yes;

    /** Whether nobody says no; where nobody can be asked, nobody does. */
    boolean given(Console console, String question) {
        java.io.Console terminal = System.console();
        if (yes || terminal == null || !terminal.isTerminal()) {
            return true;
        }
        String answer = terminal.readLine("%s Proceed? (y/N) ", question);
        if (answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y")) {
            return true;
        }
        console.out().println("Cancelled.");
        return false;
    }
}
