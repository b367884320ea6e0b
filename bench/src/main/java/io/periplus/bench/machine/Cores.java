package io.periplus.bench.machine;

/**
 * Which core does what. The proxy under test has the last one to itself; generator and backend share the first, or have
 * one each where there are three or more.
 */
public record Cores(int generator, int backend, int proxy) {
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
        return new Cores(0, cores > 2 ? 1 : 0, cores - 1);
    }
}
