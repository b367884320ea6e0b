package io.periplus.ztunnel;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Searches for baggage that means something else when it is written and read again; see {@code HttpFuzz} for how to run it. */
class BaggageFuzz {
    @FuzzTest(maxDuration = "5m")
    void baggage(byte[] bytes) {
        NetworkInputs.baggageIsReadAsItWasWritten(bytes);
    }
}
