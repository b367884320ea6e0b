package io.periplus.distribution;

import io.periplus.distribution.tour.Tour;
import io.periplus.lab.Installation;
import io.periplus.lab.LabMain;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The commands that need more than one part of the house: {@code lab}, with the mesh in it, and {@code tour}. The launcher starts every
 * other role by its own main class.
 */
public final class Main {
    private static final int USAGE = 64;

    private Main() {}

    /** The process's entry point. */
    public static void main(String[] args) throws IOException, InterruptedException {
        System.exit(run(List.of(args)));
    }

    private static int run(List<String> args) throws IOException, InterruptedException {
        String role = args.isEmpty() ? "" : args.getFirst();
        return switch (role) {
            case "lab" -> lab(args.subList(1, args.size()));
            case "tour" -> tour(args.subList(1, args.size()));
            default -> {
                System.err.println("Error: unknown role \"" + role + "\" (expected: lab or tour)");
                yield USAGE;
            }
        };
    }

    private static int lab(List<String> args) {
        List<String> rest = new ArrayList<>(args);
        boolean bare = rest.remove("--no-mesh");
        return LabMain.run(
                rest.toArray(new String[0]),
                bare
                        ? Installation.NONE
                        : new MeshInstallation(home(), System.getenv().getOrDefault("PERIPLUS_LAB_SET", "")));
    }

    private static int tour(List<String> args) throws IOException, InterruptedException {
        if (!args.isEmpty()) {
            System.out.println(
                    "Usage: periplus tour\n\nBrings two clusters with the mesh up on this machine, deploys the sample and walks"
                            + " through a waypoint.\nPrints every command with what it returned; exit code 0 if all was as it should be.");
            return args.getFirst().equals("--help") || args.getFirst().equals("-h") ? 0 : USAGE;
        }
        PrintStream out =
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);
        return Tour.run(home(), out);
    }

    /** The directory of the distribution, as the launcher tells. */
    private static Path home() {
        String home = System.getProperty("periplus.home");
        if (home == null) {
            throw new IllegalStateException("periplus.home is not set: start Periplus by its launcher, bin/periplus");
        }
        return Path.of(home);
    }
}
