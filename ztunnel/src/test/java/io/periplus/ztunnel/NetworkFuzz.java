package io.periplus.ztunnel;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Searches for texts that break what {@link NetworkInputs} says, guided by coverage. Not among the normal tests, as the
 * fuzzer slows everything in its process:
 *
 * <pre>
 * JAZZER_FUZZ=1 mvn -pl ztunnel -am test -Dtest='NetworkFuzz#authorities' -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
class NetworkFuzz {
    @FuzzTest(maxDuration = "5m")
    void authorities(byte[] bytes) {
        NetworkInputs.authoritiesAreReadAsAnotherReaderReadsThem(bytes);
    }

    @FuzzTest(maxDuration = "5m")
    void baggage(byte[] bytes) {
        NetworkInputs.baggageIsReadAsItWasWritten(bytes);
    }

    @FuzzTest(maxDuration = "5m")
    void forwarded(byte[] bytes) {
        NetworkInputs.forwardedNeverFails(bytes);
    }
}
