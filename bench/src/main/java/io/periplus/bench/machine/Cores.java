package io.periplus.bench.machine;

/**
 * Which core does what. The proxy under test has the last one to itself; generator and backend share the first, or have
 * one each where there are three or more.
 */
public record Cores(String generator, String backend, String proxy) {
    /**
     * For the machine this runs on.
     *
     * @throws BenchException when there is only one core
     */
    public static Cores ofMachine() {
        int cores = Runtime.getRuntime().availableProcessors();
        if (cores < 2) {
            throw new BenchException("this machine has one core; the benchmark needs one for the proxy and one for the"
                    + " load (two or more)");
        }
        return new Cores("0", cores > 2 ? "1" : "0", Integer.toString(cores - 1));
    }

    /** All of them, as {@code taskset} takes it. */
    public static String all() {
        return "0-" + (Runtime.getRuntime().availableProcessors() - 1);
    }
}
